#include "lease_file.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "domsec/store/database.h"

namespace domsec::store {
namespace {

struct flock octet(std::int64_t number, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = number;
  lock.l_len = 1;
  return lock;
}

}  // namespace

LeaseFile::LeaseFile(const std::string& path)
    : path_(path), file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (file_.get() >= 0) return;
  throw StoreError(StoreFault::unwritable, "the file of leases " + path + " cannot be written (" +
                                               std::strerror(errno) +
                                               "): make it writable for the user that runs domsec");
}

bool LeaseFile::take(std::int64_t number) {
  if (held_.contains(number)) return false;
  struct flock lock = octet(number, F_WRLCK);
  if (::fcntl(file_.get(), F_OFD_SETLK, &lock) == 0) {
    held_.insert(number);
    return true;
  }
  if (errno == EAGAIN || errno == EACCES) return false;
  throw StoreError(StoreFault::failed, "the file of leases " + path_ + " cannot be locked (" +
                                           std::strerror(errno) + "): put the store on a local file system");
}

void LeaseFile::give_back(std::int64_t number) {
  held_.erase(number);
  struct flock lock = octet(number, F_UNLCK);
  ::fcntl(file_.get(), F_OFD_SETLK, &lock);
}

bool LeaseFile::taken(std::int64_t number) const {
  if (held_.contains(number)) return true;
  struct flock lock = octet(number, F_WRLCK);
  return ::fcntl(file_.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace domsec::store
