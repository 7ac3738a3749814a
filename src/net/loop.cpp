// The event loop: an io_context that ends when its coroutines have ended. A pending signal wait or a timer
// that was left armed does not keep it alive; that is why coroutines are counted instead of relying on Asio's
// outstanding work.
#include "domsec/net/loop.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "loop_context.h"

namespace domsec::net {

namespace asio = boost::asio;

Loop::Loop() : context_(std::make_unique<Context>()) {}
Loop::~Loop() = default;

void Loop::spawn(task<void> work) {
  Context& context = *context_;
  ++context.running;
  asio::co_spawn(context.io, std::move(work), [&context](const std::exception_ptr& failure) {
    --context.running;
    if (failure && !context.failure) context.failure = failure;
    if (context.failure || context.running == 0) context.io.stop();
  });
}

void Loop::run() {
  context_->io.restart();
  if (context_->running > 0) context_->io.run();
  if (context_->failure) std::rethrow_exception(std::exchange(context_->failure, nullptr));
}

void Loop::stop() { context_->io.stop(); }

void Loop::on_termination(std::function<void(int signal)> on_signal) {
  Context& context = *context_;
  context.on_signal = std::move(on_signal);
  context.signals.emplace(context.io, SIGINT, SIGTERM);
  context.signals->async_wait([&context](const boost::system::error_code& error, int signal) {
    if (error) return;
    const auto call = std::exchange(context.on_signal, nullptr);
    // The default action comes back: a second Ctrl-C ends a program that does not end by itself.
    context.signals->clear();
    call(signal);
  });
}

void Loop::Context::await_hangup() {
  hangups->async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    on_hangup();
    await_hangup();
  });
}

void Loop::on_hangup(std::function<void()> on_signal) {
  context_->on_hangup = std::move(on_signal);
  context_->hangups.emplace(context_->io, SIGHUP);
  context_->await_hangup();
}

task<void> sleep(Milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace domsec::net
