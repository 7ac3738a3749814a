#include <gtest/gtest.h>

#include "exchange/exported_samples.h"

namespace domsec::exchange {
namespace {

struct Row {
  std::string name;
  std::string elements;  // inside <Objs>
  std::string objects;
};

std::string file(const std::string& elements) {
  return "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n" + elements +
         "</Objs>";
}

std::string object(const std::string& properties) {
  return "<Obj RefId=\"0\"><Props>" + properties + "</Props></Obj>";
}

const std::vector<Row> rows{
    {"no object", "", ""},
    {"texts", object("<S N=\"A\">x</S><S N=\"B\"></S><S N=\"C\" /><S N=\"D\">  </S>"),
     "{A='x' B='' C='' D='  '}"},
    {"references to characters", object("<S N=\"A\">&lt;I&gt;CN=a&amp;b&#252;</S>"),
     "{A='<I>CN=a&b\xc3\xbc'}"},
    {"escaped units", object("<S N=\"A\">1_x000D__x000A_2_x005F_x_xD83D__xDE00__xD83D__x12_</S>"),
     "{A='1\r\n2_x\xf0\x9f\x98\x80\xef\xbf\xbd_x12_'}"},
    {"numbers",
     object("<I32 N=\"A\">-5</I32><I64 N=\"B\">6000000000</I64><U32 N=\"C\">7</U32><By N=\"D\">8</By>"
            "<U64 N=\"E\">18446744073709551615</U64><Db N=\"F\">0.5</Db>"),
     "{A=-5 B=6000000000 C=7 D=8 E=18446744073709551616.000000 F=0.500000}"},
    {"truth and nothing", object("<B N=\"A\">true</B><B N=\"B\">false</B><Nil N=\"C\" />"),
     "{A=true B=false C=null}"},
    {"time", object("<DT N=\"A\">2026-11-22T10:00:00Z</DT><TS N=\"B\">PT10M</TS>"),
     "{A='2026-11-22T10:00:00Z' B='PT10M'}"},
    {"octets", object("<BA N=\"A\">aGVs\nbG8=</BA><BA N=\"B\">aGk=</BA><BA N=\"C\"></BA>"),
     "{A=octets hello B=octets hi C=octets }"},
    {"what cannot be read", object("<SS N=\"A\">01000000</SS>"), "{A=<an encrypted text>}"},
    {"an enumeration",
     "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Data.PermissionGroups</T><T>System.Enum</T></TN>"
     "<ToString>ExchangeUsers, ExchangeServers</ToString><I32>6</I32></Obj>",
     "{Microsoft.Exchange.Data.PermissionGroups 'ExchangeUsers, ExchangeServers' #6}"},
    {"types that were named before",
     "<Obj RefId=\"0\"><TN RefId=\"4\"><T>A</T><T>B</T></TN></Obj><Obj RefId=\"1\"><TNRef "
     "RefId=\"4\"/></Obj>",
     "{A}{A}"},
    {"lists",
     object("<Obj N=\"A\" RefId=\"1\"><LST><S>a</S><Obj RefId=\"2\"><ToString>b</ToString></Obj></LST></Obj>"
            "<Obj N=\"B\" RefId=\"3\"><LST /></Obj><Obj N=\"C\" RefId=\"5\"><IE><I32>1</I32></IE></Obj>"
            "<Obj N=\"D\" RefId=\"6\"><QUE><I32>2</I32></QUE></Obj>"),
     "{A={['a' {'b'}]} B={[]} C={[1]} D={[2]}}"},
    {"a dictionary",
     object("<Obj N=\"A\" RefId=\"1\"><DCT><En><S N=\"Key\">k</S><I32 N=\"Value\">1</I32></En></DCT></Obj>"),
     "{A={k=1}}"},
    {"notes beside properties",
     "<Obj RefId=\"0\"><Props><S N=\"A\">1</S></Props><MS><S N=\"B\">2</S></MS></Obj>", "{A='1' B='2'}"},
    {"a reference",
     object("<Obj N=\"A\" RefId=\"1\"><ToString>0.0.0.0</ToString></Obj><Ref N=\"B\" RefId=\"1\" />"),
     "{A={'0.0.0.0'} B={'0.0.0.0'}}"},
    {"an object inside itself", object("<Ref N=\"A\" RefId=\"0\" />"), "{A=<an object inside itself>}"},
    {"a list exported whole",
     "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><ToString>a</ToString></Obj></LST></Obj>", "{'a'}"},
};

TEST(ReadExportClixml, ReadsEveryShapeOfExportClixml) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(lines(file(row.elements)), row.objects);
  }
}

TEST(ReadExportClixml, ReadsUtf16AsWindowsPowerShellWritesIt) {
  std::string bytes = "\xff\xfe";
  for (const char c : file(object("<S N=\"A\">x</S>"))) bytes += {c, '\0'};
  EXPECT_EQ(lines(bytes), "{A='x'}");
}

TEST(ReadExportClixml, KnowsWhereEachValueStands) {
  const auto objects = read_export_clixml(ExportedText(
      "send.xml",
      file("  <Obj RefId=\"0\">\n    <Props>\n      <S N=\"Comment\">\xc3\xbc</S><B N=\"Enabled\">true</B>\n"
           "    </Props>\n  </Obj>\n")));
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0]->place, (Place{2, 3}));
  EXPECT_EQ(objects[0]->properties.at(0).value.place, (Place{4, 7}));
  EXPECT_EQ(objects[0]->properties.at(1).value.place, (Place{4, 27}));
}

/// A billion laughs by references: each object holds the one before ten times.
TEST(ReadExportClixml, DoesNotCopyWhatIsReferredTo) {
  std::string elements = "<Obj RefId=\"0\"><Props><S N=\"A\">ha</S></Props></Obj>";
  for (int i = 1; i < 60; ++i) {
    elements += "<Obj RefId=\"" + std::to_string(i) + "\"><Props>";
    for (int k = 0; k < 10; ++k) elements += "<Ref N=\"P\" RefId=\"" + std::to_string(i - 1) + "\" />";
    elements += "</Props></Obj>";
  }
  EXPECT_EQ(read_export_clixml(ExportedText("a.xml", file(elements))).size(), 60U);
}

TEST(ReadExportClixml, RefusesWhatIsNoExportInOneSentence) {
  const std::string again = "; export the objects again";
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "<Obj RefId=\"" + std::to_string(i) + "\"><Props>";
  for (int i = 0; i < 65; ++i) deep += "</Props></Obj>";
  std::string tags;
  for (int i = 0; i < 4'000'001; ++i) tags += "<a>";
  std::string values;
  for (int i = 0; i < 1'000'001; ++i) values += "<Nil />";
  const std::vector<Row> bad{
      {"cut off", "<Objs>\n<Obj RefId=\"0\"><Pro",
       "export:2:19: this is no XML (Error parsing start element tag); copy or export the file whole"},
      {"tags that do not match", "<Objs><Obj></Objs>",
       "export:1:14: this is no XML (Start-end tags mismatch); copy or export the file whole"},
      {"another XML", "<html></html>",
       "export:1:1: this XML is no CLIXML: its root is \"html\", not \"Objs\"; export with Export-Clixml"},
      {"a document type", "<!DOCTYPE lolz [<!ENTITY lol \"lol\">]><Objs></Objs>",
       "export:1:1: CLIXML has no document type, comment or CDATA section; export the objects again with "
       "Export-Clixml"},
      {"an entity", "<Objs>\n<S>&lol;</S></Objs>",
       "export:2:4: CLIXML has no entities; export the objects again with Export-Clixml"},
      {"an unknown element", "<Objs><Obj RefId=\"0\"><Props><X N=\"A\"/></Props></Obj></Objs>",
       "export:1:29: \"X\" is no element of CLIXML here; export the objects again with Export-Clixml"},
      {"a value alone", "<Objs><S>Internet</S></Objs>",
       "export:1:7: a single value stands where an object is expected; pipe the objects themselves to "
       "Export-Clixml"},
      {"a number that is none", "<Objs><I32>2x</I32></Objs>",
       "export:1:7: <I32> holds \"2x\", not a number" + again},
      {"a truth value that is none", "<Objs><B>yes</B></Objs>",
       "export:1:7: <B> holds \"yes\", not true or false" + again},
      {"octets that are none", "<Objs><BA>aGVsbG8</BA></Objs>",
       "export:1:7: <BA> holds \"aGVsbG8\", not Base64" + again},
      {"a reference to nothing", "<Objs><Ref RefId=\"7\"/></Objs>",
       "export:1:7: there is no object with RefId \"7\" before this" + again},
      {"an entry without a key", "<Objs><Obj RefId=\"0\"><DCT><En/></DCT></Obj></Objs>",
       "export:1:27: <En> has no Key and Value" + again},
      {"too deep", file(deep),
       "export:2:1463: the file nests deeper than 64 levels; export with a smaller -Depth"},
      {"too many tags", tags,
       "export:1:12000001: the file has more than 1,000,000 values; export fewer objects at a time"},
      {"too many values", "<Objs><Obj RefId=\"0\"><LST>" + values + "</LST></Obj></Objs>",
       "export:1:7000020: the file has more than 1,000,000 values; export fewer objects at a time"},
  };
  for (const Row& row : bad) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(lines(row.elements), row.objects);
  }
}

}  // namespace
}  // namespace domsec::exchange
