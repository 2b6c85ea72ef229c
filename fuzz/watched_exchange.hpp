#pragma once

#include <memory>
#include <string_view>

#include "net/http.hpp"

namespace callboard::fuzz {

/// How the requests of one conversation stand.
struct Answers {
    std::size_t outstanding = 0;  ///< requests that have to be answered now, and streams that have to end
    std::size_t waiting = 0;      ///< requests that wait for an event, streams of events among them
    std::size_t changes = 0;      ///< requests that may have changed something
};

/// Checks what `request` is answered before `exchange` gets it: the status is one that the API knows, no
/// header holds another, a body that says it is JSON is JSON.
Exchange watched(Exchange exchange, const HttpRequest& request, std::shared_ptr<Answers> answers);

}  // namespace callboard::fuzz
