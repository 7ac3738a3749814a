#include <gtest/gtest.h>

#include "exchange/exported_samples.h"

namespace domsec::exchange {
namespace {

struct Row {
  std::string_view name;
  std::string_view bytes;
  std::string_view objects;
};

const std::vector<Row> rows{
    {"one object", R"({"Name":"Internet","Port":25,"Enabled":true,"Fqdn":null})",
     "{Name='Internet' Port=25 Enabled=true Fqdn=null}"},
    {"a list of objects", R"([{"Name":"a"},{"Name":"b"}])", "{Name='a'}{Name='b'}"},
    {"a collection that was counted", R"({"value":[{"Name":"a"}],"Count":1})", "{Name='a'}"},
    {"an empty list", "[]", ""},
    {"nested objects and lists", R"({"A":{"B":[1,[2],{"C":"d"}]}})", "{A={B=[1 [2] {C='d'}]}}"},
    {"escapes", R"({"A\u0062":"\u00fc\n\"\ud83d\ude00"})", "{Ab='\xc3\xbc\n\"\xf0\x9f\x98\x80'}"},
    {"what looks like JSON inside a text", R"({"A":"}],{\\","B":1})", "{A='}],{\\' B=1}"},
    {"numbers beyond an integer", R"({"A":1.5,"B":18446744073709551615})",
     "{A=1.500000 B=18446744073709551616.000000}"},
    {"a name that repeats", R"({"A":1,"a":2,"A":3})", "{A=1 a=2 A=3}"},
    {"a byte order mark", "\xef\xbb\xbf{\"A\":1}", "{A=1}"},
    {"UTF-16, as > of Windows PowerShell writes it",
     std::string_view("\xff\xfe{\0\"\0A\0\"\0:\0\"\0\xfc\0\x3d\xd8\x00\xde\"\0}\0", 24),
     "{A='\xc3\xbc\xf0\x9f\x98\x80'}"},
    {"big-endian UTF-16", std::string_view("\xfe\xff\0{\0}", 6), "{}"},
};

TEST(ReadExportJson, ReadsEveryShapeOfConvertToJson) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(lines(row.bytes), row.objects);
  }
}

TEST(ReadExportJson, KnowsWhereEachValueStands) {
  const ExportedText text(
      "send.json",
      "{\n  \"Comment\": \"\\\"\xc3\xbc,\",  \"SmartHosts\": [\n    \"a\", {\"B\": 7}\n  ]\n}\n");
  const auto objects = read_export_json(text);
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0]->place, (Place{1, 1}));
  const ExportedProperty& comment = objects[0]->properties.at(0);
  EXPECT_EQ(comment.place, (Place{2, 3}));
  EXPECT_EQ(comment.value.place, (Place{2, 14}));
  const ExportedProperty& hosts = objects[0]->properties.at(1);
  EXPECT_EQ(hosts.place, (Place{2, 23})) << "the column counts characters";
  const auto& list = std::get<ExportedList>(hosts.value.value);
  EXPECT_EQ(list.at(0).place, (Place{3, 5}));
  const auto& nested = std::get<std::shared_ptr<const ExportedObject>>(list.at(1).value);
  EXPECT_EQ(nested->place, (Place{3, 10}));
  EXPECT_EQ(nested->properties.at(0).value.place, (Place{3, 16}));
}

TEST(ReadExportJson, FindsAPropertyWithoutRegardToCase) {
  const auto objects = read_export_json(ExportedText("a.json", R"({"FQDN":1})"));
  ASSERT_NE(objects.at(0)->find("Fqdn"), nullptr);
  EXPECT_EQ(objects.at(0)->find("Fqd"), nullptr);
}

TEST(ReadExportJson, RefusesWhatIsNoExportInOneSentence) {
  const std::string deep(65, '[');
  std::string many = "[";
  for (int i = 0; i < 1'000'001; ++i) many += "0,";
  const std::vector<Row> bad{
      {"nothing", "", "export:1:1: the file is empty; export the objects again"},
      {"blanks", " \r\n", "export:1:1: the file is empty; export the objects again"},
      {"cut off in a text", "{\n\"Name\": \"Inter",
       "export:2:15: the text ends in the middle of the JSON; copy or export it whole"},
      {"cut off behind a comma", "[{\"A\":1},\n",
       "export:2:1: the text ends in the middle of the JSON; copy or export it whole"},
      {"a comma too many", "{\"A\":1,}",
       "export:1:8: this is no JSON (syntax error); export it again with ConvertTo-Json"},
      {"two documents", "{}\n {}",
       "export:2:2: something follows the JSON; put several objects into one list"},
      {"a list of texts", "[{},\n \"Internet\"]",
       "export:2:2: a text stands where an object is expected; pipe the objects themselves to "
       "ConvertTo-Json"},
      {"too deep", deep, "export:1:65: the JSON nests deeper than 64 levels; export with a smaller -Depth"},
      {"too many", many,
       "export:1:2000002: the file has more than 1,000,000 values; export fewer objects at a time"},
      {"no UTF-8", "{\"A\":\n \"\xfc\"}",
       "export:2:3: the text is not UTF-8; export it again with -Encoding utf8"},
      {"NUL", std::string_view("{\0}", 3),
       "export:1:2: there is a NUL character in the text; export it again with -Encoding utf8"},
      {"a lone surrogate", R"({"A":"\ud83d"})",
       "export:1:13: this is no JSON (syntax error); export it again with ConvertTo-Json"},
  };
  for (const Row& row : bad) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(lines(row.bytes), row.objects);
  }
}

TEST(ReadExportJson, RefusesMoreThan64MiB) {
  EXPECT_EQ(lines(std::string((64 << 20) + 1, ' ')),
            "export: the file is larger than 64 MiB; export fewer objects at a time");
}

}  // namespace
}  // namespace domsec::exchange
