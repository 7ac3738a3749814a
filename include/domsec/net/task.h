// The one place where Asio enters a header: a coroutine is a net::task.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace domsec::net {

template <typename T>
using task = boost::asio::awaitable<T>;

}  // namespace domsec::net
