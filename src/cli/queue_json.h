// The queue as JSON. Private to cli/.
#pragma once

#include <string>

#include "domsec/store/queue.h"

namespace domsec::cli {

/// Schema domsec.queue-list/1, one line without its end.
[[nodiscard]] std::string queue_list_json(const store::Queue& queue, store::Listed listed);
/// Schema domsec.queued-message/1.
[[nodiscard]] std::string queued_message_json(const store::Queue& queue, const store::QueuedMessage& message);

}  // namespace domsec::cli
