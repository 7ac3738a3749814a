// Pass-phrases from files as people save them.
#include <gtest/gtest.h>

#include "domsec/pki/bundle.h"
#include "support/scratch_directory.h"

namespace domsec::pki {
namespace {

TEST(PassPhrase, IsTheFirstLineAsItWasTyped) {
  struct Row {
    const char* name;
    const char* bytes;
    const char* read;
  };
  const ScratchDirectory directory;
  for (const Row& row :
       {Row{"one line", "P@ss w0rd\n", "P@ss w0rd"}, Row{"no line end", "P@ss w0rd", "P@ss w0rd"},
        Row{"CRLF", "P@ss w0rd\r\n", "P@ss w0rd"}, Row{"more lines", "P@ss w0rd\nnot this\n", "P@ss w0rd"},
        Row{"blanks are of it", " P@ss w0rd \n", " P@ss w0rd "},
        Row{"the byte order mark of Windows", "\xEF\xBB\xBFP@ss w0rd\r\n", "P@ss w0rd"},
        Row{"nothing", "", ""}}) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(read_pass_phrase(directory.write("pass", row.bytes)), row.read);
  }
}

TEST(PassPhrase, InUtf16IsRefused) {
  const ScratchDirectory directory;
  for (const std::string_view bytes :
       {std::string_view("\xFF\xFEP\0", 4), std::string_view("\xFE\xFF\0P", 4)}) {
    try {
      (void)read_pass_phrase(directory.write("pass", bytes));
      ADD_FAILURE() << "it was taken";
    } catch (const BundleError& error) {
      EXPECT_TRUE(std::string(error.what()).ends_with("pass is UTF-16 text: save it as ASCII or UTF-8"))
          << error.what();
    }
  }
}

}  // namespace
}  // namespace domsec::pki
