#include "faulty_list.h"

namespace domsec::lab {
namespace {

using std::chrono::days;

/// Of the same name, not of the same key.
pki::Authority namesake(const pki::Authority& issuer) {
  pki::CertificateRecipe recipe;
  recipe.subject = issuer.certificate()->subject;
  recipe.not_before = issuer.certificate()->not_before;
  recipe.not_after = issuer.certificate()->not_after;
  recipe.ca = true;
  return pki::Authority::root(recipe);
}

}  // namespace

CrlPage faulty_list(ListState state, const pki::Authority& issuer, const pki::Authority& other,
                    pki::CrlRecipe sound, pki::Instant now) {
  CrlPage page;
  switch (state) {
    case ListState::sound:
      page.body = issuer.crl(sound);
      break;
    case ListState::stale:
      sound.this_update = now - days(8);
      sound.next_update = now - days(1);
      page.body = issuer.crl(sound);
      break;
    case ListState::not_yet_valid:
      sound.this_update = now + days(1);
      sound.next_update = now + days(8);
      page.body = issuer.crl(sound);
      break;
    case ListState::other_issuer:
      page.body = other.crl(sound);
      break;
    case ListState::other_key:
      page.body = namesake(issuer).crl(sound);
      break;
    case ListState::bad_signature:
      page.body = issuer.crl(sound);
      page.body.back() = static_cast<char>(page.body.back() ^ 1);
      break;
    case ListState::garbage:
      page.body = "<!DOCTYPE html><title>Maintenance</title><p>We are back soon.\n";
      break;
    case ListState::empty:
      break;
    case ListState::not_found:
      page.status = 404;
      break;
    case ListState::server_error:
      page.status = 500;
      break;
    case ListState::silent:
      page.behaviour = CrlBehaviour::silence;
      break;
    case ListState::cut_short:
      page.body = issuer.crl(sound);
      page.behaviour = CrlBehaviour::cut_short;
      break;
  }
  return page;
}

}  // namespace domsec::lab
