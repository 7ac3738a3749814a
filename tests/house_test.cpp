#include <gtest/gtest.h>

// The build's version is the one of CMakeLists.txt: a figure with three parts.
TEST(House, HasAVersion) { EXPECT_STREQ(DOMSEC_VERSION, "0.1.0"); }
