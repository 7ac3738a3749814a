#include "domsec/cli/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include "support/pki.h"

namespace domsec::cli {
namespace {

std::string answers_to(const std::string& requests) {
  std::istringstream in(requests);
  std::ostringstream out;
  EXPECT_EQ(run_verify_batch(in, out), 0);
  return out.str();
}

TEST(VerifyBatch, AnswersEachLine) {
  struct Row {
    std::string name, request, answer;
  };
  const std::vector<Row> rows = {
      {"address", R"({"id":"q1","op":"address","address_b64":"YWRhQGNvbnRvc28uY29t"})",
       R"({"result":"accept","reason":"ok","id":"q1"})"},
      {"no address", R"({"id":"q1","op":"address","address_b64":"YWRh"})",
       R"({"result":"reject","reason":"parse","id":"q1"})"},
      {"host name", R"({"id":7,"op":"hostname","host_b64":"bWFpbC5leGFtcGxl"})",
       R"({"result":"accept","reason":"ok","id":7})"},
      {"no host name", R"({"id":7,"op":"hostname","host_b64":"Ki5leGFtcGxl"})",
       R"({"result":"reject","reason":"name_invalid","id":7})"},
      {"reply", R"({"id":"r","op":"reply","bytes_b64":"MjUwLTIuMS4wIGENCjI1MCAyLjEuMCBiDQo="})",
       R"({"result":"accept","reason":"ok","value":{"code":250,"lines":["a","b"],"enhanced":"2.1.0"},"id":"r"})"},
      {"reply in Latin-1 is shown as UTF-8", R"({"id":"r","op":"reply","bytes_b64":"MjUwIPwNCg=="})",
       "{\"result\":\"accept\",\"reason\":\"ok\",\"value\":{\"code\":250,\"lines\":[\"\xC3\xBC\"]},\"id\":"
       "\"r\"}"},
      {"path without a certificate", R"({"id":"p","op":"verify","leaf":"AAAA","trust":[],"time":"2026-11-22T00:00:00Z"})",
       R"({"result":"reject","reason":"parse","problems":["parse"],"id":"p"})"},
      {"path with a question that is not known", R"({"id":"p","op":"verify","leaf":"AAAA","no_such_question":true})",
       R"({"result":"skip","reason":"unsupported","id":"p"})"},
      {"a structure to bind to", R"({"id":"c","op":"cbt","what":"gss-struct","application_data":"616263"})",
       R"({"result":"accept","reason":"ok","value":"0000000000000000000000000000000003000000616263","id":"c"})"},
      {"no hexadecimal digits", R"({"id":"c","op":"cbt","what":"gss-struct","application_data":"61626"})",
       R"({"result":"reject","reason":"parse","id":"c"})"},
      {"a binding that is not known", R"({"id":"c","op":"cbt","what":"tls-unique"})",
       R"({"result":"skip","reason":"unsupported","id":"c"})"},
      {"a binding to no certificate", R"({"id":"c","op":"cbt","what":"tls-server-end-point","leaf":"AAAA"})",
       R"({"result":"reject","reason":"parse","id":"c"})"},
      {"a file without a key", R"({"id":"l","op":"load-chain","pem_b64":"MAEB"})",
       R"({"result":"reject","reason":"key_missing","detail":"the file holds neither a private key nor a certificate in PEM: write each key, then its certificate, then the intermediates","id":"l"})"},
      {"reply that goes on", R"({"id":"r","op":"reply","bytes_b64":"MjUwLWENCg=="})",
       R"({"result":"reject","reason":"parse","id":"r"})"},
      {"reply without a line end", R"({"id":"r","op":"reply","bytes_b64":"MjUwIGE="})",
       R"({"result":"reject","reason":"parse","id":"r"})"},
      {"two replies", R"({"id":"r","op":"reply","bytes_b64":"MjUwIGENCjI1MCBiDQo="})",
       R"({"result":"reject","reason":"parse","id":"r"})"},
      {"unknown operation", R"({"id":"q","op":"no-such-operation"})",
       R"({"result":"skip","reason":"unsupported","id":"q"})"},
      {"no operation", R"({"id":"q"})", R"({"result":"reject","reason":"parse","id":"q"})"},
      {"missing field", R"({"id":"q","op":"address"})", R"({"result":"reject","reason":"parse","id":"q"})"},
      {"bad Base64 letter", R"({"id":"q","op":"address","address_b64":"YWR*"})",
       R"({"result":"reject","reason":"parse","id":"q"})"},
      {"bad Base64 length", R"({"id":"q","op":"address","address_b64":"YWRhQ"})",
       R"({"result":"reject","reason":"parse","id":"q"})"},
      {"three Base64 pads", R"({"id":"q","op":"address","address_b64":"Y==="})",
       R"({"result":"reject","reason":"parse","id":"q"})"},
      {"field of another type", R"({"id":"q","op":"address","address_b64":[1]})",
       R"({"result":"reject","reason":"parse","id":"q"})"},
      {"operation of another type", R"({"id":"q","op":1})",
       R"({"result":"reject","reason":"parse","id":"q"})"},
      {"no JSON", "hello", R"({"result":"reject","reason":"parse","id":null})"},
      {"no object", "[1,2]", R"({"result":"reject","reason":"parse","id":null})"},
      {"id of another type", R"({"id":{"a":1},"op":"x"})",
       R"({"result":"skip","reason":"unsupported","id":null})"},
      {"not UTF-8", "{\"id\":\"\xFF\"}", R"({"result":"reject","reason":"parse","id":null})"},
      {"too deep", std::string(1000, '['), R"({"result":"reject","reason":"parse","id":null})"},
      {"NUL", std::string("{\"id\":1}\0", 9), R"({"result":"reject","reason":"parse","id":null})"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(answers_to(row.request + '\n'), row.answer + '\n');
  }
}

TEST(VerifyBatch, AnswersInOrderAndSkipsEmptyLines) {
  EXPECT_EQ(answers_to("{\"id\":1,\"op\":\"x\"}\n\n  \r\n{\"id\":2,\"op\":\"x\"}"),
            "{\"result\":\"skip\",\"reason\":\"unsupported\",\"id\":1}\n{\"result\":\"skip\",\"reason\":"
            "\"unsupported\",\"id\":2}\n");
  EXPECT_EQ(answers_to(""), "");
}

/// A stream of one endless line without the memory for it, then one good request.
class LongLine : public std::streambuf {
 public:
  explicit LongLine(std::size_t octets) : left_(octets) {}

 protected:
  int_type underflow() override {
    if (left_ > 0) {
      const std::size_t now = std::min(left_, block_.size());
      left_ -= now;
      setg(block_.data(), block_.data(), block_.data() + now);
    } else if (!tail_read_) {
      tail_read_ = true;
      setg(tail_.data(), tail_.data(), tail_.data() + tail_.size());
    } else {
      return traits_type::eof();
    }
    return traits_type::to_int_type(*gptr());
  }

 private:
  std::size_t left_;
  std::string block_ = std::string(1 << 16, 'x');
  std::string tail_ = "\n{\"id\":3,\"op\":\"x\"}\n";
  bool tail_read_ = false;
};

TEST(VerifyBatch, ReadsLinesLongerThanItsBlocks) {
  for (const std::size_t octets : {65534U, 65535U, 65536U, 131070U, 200000U}) {
    SCOPED_TRACE(octets);
    const std::string padded = "{\"id\":1,\"op\":\"x\"" + std::string(octets - 17, ' ') + '}';
    ASSERT_EQ(padded.size(), octets);
    const std::string answer = "{\"result\":\"skip\",\"reason\":\"unsupported\",\"id\":1}\n";
    EXPECT_EQ(answers_to(padded + '\n' + padded), answer + answer);
  }
}

TEST(VerifyBatch, RefusesALineBeyond64MiBAndGoesOn) {
  LongLine source((64U << 20U) + 1);
  std::istream in(&source);
  std::ostringstream out;
  EXPECT_EQ(run_verify_batch(in, out), 0);
  EXPECT_EQ(out.str(),
            "{\"result\":\"reject\",\"reason\":\"parse\",\"id\":null}\n{\"result\":\"skip\",\"reason\":"
            "\"unsupported\",\"id\":3}\n");
}

std::string base64(const std::string& octets) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8U | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > octets.size() ? '=' : alphabet[bits >> (18 - 6 * k) & 0x3FU];
  }
  return text;
}

TEST(VerifyBatch, AnswersForAPath) {
  const auto text = [](const pki::CertificatePtr& certificate) {
    const auto octets = certificate->der();
    return '"' + base64({octets.begin(), octets.end()}) + '"';
  };
  const pki::Credentials leaf = testing::three_levels().leaf("mail.contoso.com");
  const std::string request = R"({"id":"p","op":"verify","leaf":)" + text(leaf.chain.at(0)) + R"(,"intermediates":[)" +
                              text(leaf.chain.at(1)) + "," + text(leaf.chain.at(2)) + R"(],"trust":[)" +
                              text(testing::three_levels().root.certificate()) + R"(],"time":"2026-11-22T00:00:00Z")";
  struct Row {
    const char* more;
    const char* answer;
  };
  for (const Row& row : {Row{"", R"({"result":"accept","reason":"ok","problems":[],"revocation":"off")"},
                         Row{R"(,"names":[{"kind":"dns","value":"mail.fabrikam.com"}])",
                             R"({"result":"reject","reason":"name_mismatch","problems":["name_mismatch"])"},
                         Row{R"(,"crl_check":"leaf")", R"({"result":"reject","reason":"crl_missing","problems":["crl_missing"],"revocation":"unknown")"},
                         Row{R"(,"purpose":"mail")", R"({"result":"reject","reason":"parse")"},
                         Row{R"(,"security_level":9)", R"({"result":"reject","reason":"parse")"},
                         Row{R"(,"key_usage":["digitalSignature"])", R"({"result":"accept","reason":"ok")"},
                         Row{R"(,"key_usage":["digitalSignature","keyCertSign"])", R"({"result":"reject","reason":"key_usage")"},
                         Row{R"(,"key_usage":["signing"])", R"({"result":"reject","reason":"parse")"},
                         Row{R"(,"max_depth":-1)", R"({"result":"reject","reason":"parse")"},
                         Row{R"(,"names":"mail.contoso.com")", R"({"result":"reject","reason":"parse")"}}) {
    const std::string answer = answers_to(request + row.more + "}\n");
    EXPECT_TRUE(answer.starts_with(row.answer)) << answer;
  }
}

}  // namespace
}  // namespace domsec::cli
