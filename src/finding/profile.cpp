#include "domsec/finding/profile.h"

namespace domsec::finding {

std::string_view text(Profile profile) {
  switch (profile) {
    case Profile::exchange:
      return "exchange";
    case Profile::postfix:
      return "postfix";
    case Profile::exim:
      return "exim";
    case Profile::opensmtpd:
      return "opensmtpd";
    case Profile::strict:
      return "strict";
  }
  return "";
}

std::optional<Profile> read_profile(std::string_view word) {
  for (const Profile profile :
       {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd, Profile::strict}) {
    if (text(profile) == word) return profile;
  }
  return std::nullopt;
}

}  // namespace domsec::finding
