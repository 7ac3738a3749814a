// The parameter tables: what a row gives it takes, what it refuses leaves the object as it was.
#include "domsec/exchange/parameter.h"

#include <gtest/gtest.h>

#include <functional>

#include "domsec/exchange/organisation.h"
#include "domsec/exchange/write_toml.h"

namespace domsec::exchange {
namespace {

Value text(std::string text) { return Value{std::move(text)}; }

ValueList texts(const std::vector<std::string>& texts) {
  ValueList list;
  for (const std::string& one : texts) list.push_back(text(one));
  return list;
}

template <typename Object>
class EveryParameter : public testing::Test {};

using Objects = testing::Types<Organisation, TransportConfig, SendConnector, ReceiveConnector, InboundConnector,
                               OutboundConnector, CertificateFile, AuthConfig, EdgeSubscription, RevocationSettings>;
TYPED_TEST_SUITE(EveryParameter, Objects);

TYPED_TEST(EveryParameter, TakesWhatItGivesAndNotesTheOrigin) {
  for (const Parameter<TypeParam>& parameter : parameters<TypeParam>()) {
    SCOPED_TRACE(parameter.name);
    TypeParam object;
    const Value before = parameter.get(object);
    assign(parameter, object, before, Origin{"/x", 7, 3});
    EXPECT_TRUE(same(parameter.get(object), before)) << toml_literal(parameter.get(object));
    EXPECT_EQ(object.origins.of(parameter.name).text(), "/x:7");
    EXPECT_EQ(find_parameter<TypeParam>(parameter.name), &parameter);
  }
}

TYPED_TEST(EveryParameter, RefusesAWrongTypeAndStaysAsItWas) {
  for (const Parameter<TypeParam>& parameter : parameters<TypeParam>()) {
    SCOPED_TRACE(parameter.name);
    TypeParam object;
    const Value before = parameter.get(object);
    for (const Value& wrong : {Value{OtherType{"a fraction"}, 4, 9}, Value{ValueTable{}, 4, 9}}) {
      try {
        parameter.set(object, wrong, Origin{});
        ADD_FAILURE() << "taken";
      } catch (const ParameterError& error) {
        EXPECT_EQ(error.line(), 4);
        EXPECT_EQ(error.column(), 9);
        EXPECT_TRUE(std::string_view(error.what()).starts_with(parameter.name)) << error.what();
        EXPECT_NE(std::string_view(error.what()).find("; "), std::string_view::npos) << error.what();
      }
      EXPECT_TRUE(same(parameter.get(object), before));
    }
  }
}

TYPED_TEST(EveryParameter, TakesEachOfItsWordsInAnyCase) {
  for (const Parameter<TypeParam>& parameter : parameters<TypeParam>()) {
    SCOPED_TRACE(parameter.name);
    for (const std::string& word : parameter.words) {
      TypeParam object;
      std::string upper = word;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      parameter.set(object, text(upper), Origin{});
      const Value now = parameter.get(object);
      const auto* list = std::get_if<ValueList>(&now.value);
      EXPECT_TRUE(same(list != nullptr ? list->at(0) : now, text(word))) << toml_literal(now);
    }
  }
}

template <typename Object>
std::string refusal(const std::string& parameter, const std::function<void(const Parameter<Object>&, Object&)>& act,
                    Object& object) {
  try {
    act(*find_parameter<Object>(parameter), object);
  } catch (const ParameterError& error) {
    return error.what();
  }
  return "taken";
}

/// R2, R3 through the row that every reader uses.
TEST(Parameter, AddsAndRemovesEntriesOfAList) {
  TransportConfig config;
  const Parameter<TransportConfig>& list = *find_parameter<TransportConfig>("tlssenddomainsecurelist");
  assign(list, config, Value{texts({"a.com"})}, {});
  edit(list, config, texts({"B.com", "a.com"}), {}, Origin{"-", 2});
  edit(list, config, {}, texts({"A.COM", "never.com"}), Origin{"-", 3});
  EXPECT_EQ(toml_literal(list.get(config)), "[\"b.com\"]");
  EXPECT_EQ(config.tls_send_domain_secure_list.origin.text(), "-:3");
  assign(list, config, Value{texts({"c.com"})}, {});
  EXPECT_EQ(toml_literal(list.get(config)), "[\"c.com\"]");
  assign(list, config, Value{}, {});
  EXPECT_EQ(toml_literal(list.get(config)), "[]");
}

TEST(Parameter, LeavesAListAsItWasWhenAnEntryIsBad) {
  TransportConfig config;
  const Parameter<TransportConfig>& list = *find_parameter<TransportConfig>("TLSSendDomainSecureList");
  assign(list, config, Value{texts({"a.com"})}, {});
  const auto add = [](const Parameter<TransportConfig>& row, TransportConfig& object) {
    edit(row, object, texts({"b.com", "*"}), {}, {});
  };
  EXPECT_NE(refusal<TransportConfig>("TLSSendDomainSecureList", add, config).find("has a wildcard"), std::string::npos);
  EXPECT_EQ(toml_literal(list.get(config)), "[\"a.com\"]");
}

TEST(Parameter, EditsSetsOfWordsAndNothingThatHoldsOneValue) {
  ReceiveConnector connector;
  const Parameter<ReceiveConnector>& auth = *find_parameter<ReceiveConnector>("AuthMechanism");
  edit(auth, connector, texts({"ExchangeServer"}), {}, {});
  EXPECT_EQ(connector.auth_mechanism->text(), "Tls, ExchangeServer");
  edit(auth, connector, texts({"BasicAuth"}), texts({"tls"}), {});
  EXPECT_EQ(connector.auth_mechanism->text(), "BasicAuth, ExchangeServer");
  const auto add = [](const Parameter<ReceiveConnector>& row, ReceiveConnector& object) {
    edit(row, object, texts({"mail.contoso.com"}), {}, {});
  };
  EXPECT_EQ(refusal<ReceiveConnector>("Fqdn", add, connector), "Fqdn holds one value; give it without Add and Remove");
}

TEST(Parameter, IsEmptiedByNull) {
  SendConnector connector;
  assign(*find_parameter<SendConnector>("Fqdn"), connector, text("mail.contoso.com"), {});
  assign(*find_parameter<SendConnector>("TlsAuthLevel"), connector, text("DomainValidation"), {});
  assign(*find_parameter<SendConnector>("SmartHosts"), connector, Value{texts({"relay.contoso.com"})}, {});
  for (const char* name : {"Fqdn", "TlsAuthLevel", "SmartHosts", "TlsDomain", "Comment"}) {
    assign(*find_parameter<SendConnector>(name), connector, Value{}, {});
  }
  EXPECT_FALSE(connector.fqdn);
  EXPECT_FALSE(connector.tls_auth_level);
  EXPECT_TRUE(connector.smart_hosts.empty());
}

TEST(Parameter, NamesTheNearestWord) {
  EXPECT_EQ(nearest("RequireTls", parameter_names<SendConnector>()), "RequireTLS");
  EXPECT_EQ(nearest("TlsAuthLevl", parameter_names<SendConnector>()), "TlsAuthLevel");
  EXPECT_EQ(nearest("Wings", parameter_names<SendConnector>()), std::nullopt);
}

}  // namespace
}  // namespace domsec::exchange
