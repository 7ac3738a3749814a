#include "ares_status.h"

#include <ares.h>

namespace domsec::net {

DnsStatus status_of(int ares_status) {
  switch (ares_status) {
    case ARES_SUCCESS:
      return DnsStatus::ok;
    case ARES_ENODATA:
      return DnsStatus::no_data;
    case ARES_ENOTFOUND:
      return DnsStatus::no_such_domain;
    case ARES_EREFUSED:
      return DnsStatus::refused;
    case ARES_ETIMEOUT:
      return DnsStatus::timed_out;
    case ARES_EBADNAME:
    case ARES_EBADRESP:
      return DnsStatus::malformed;
    default:  // c-ares adds codes; an unknown one is trouble of the server or of the way to it
      return DnsStatus::server_failure;
  }
}

std::string clause_of(int ares_status) {
  switch (ares_status) {
    case ARES_SUCCESS:
      return {};
    case ARES_ENODATA:
      return "there is no such record";
    case ARES_ENOTFOUND:
      return "the domain does not exist (NXDOMAIN)";
    case ARES_ESERVFAIL:
      return "the name server failed (SERVFAIL)";
    case ARES_EREFUSED:
      return "the name server refused (REFUSED)";
    case ARES_EFORMERR:
      return "the name server did not understand (FORMERR)";
    case ARES_ENOTIMP:
      return "the name server cannot do this (NOTIMP)";
    case ARES_ETIMEOUT:
      return "no name server answered in time";
    case ARES_ECONNREFUSED:
      return "no name server could be reached";
    case ARES_EBADRESP:
      return "the answer is malformed";
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
      return "the lookup was ended";
    default:
      return ares_strerror(ares_status);
  }
}

}  // namespace domsec::net
