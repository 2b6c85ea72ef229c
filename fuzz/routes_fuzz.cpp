// Requests of every route, through the real connection and the real routing, to a server that has everything
// but sockets. An input is what one client sends: requests one behind the other, and WebSocket frames behind
// an upgrade.
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "conversation.hpp"
#include "fuzz.hpp"
#include "office.hpp"
#include "watched_exchange.hpp"

using namespace callboard;

namespace {

/// After so many requests that may have changed something the office is made anew: what they leave is
/// bounded, and does not make the next ones slow.
constexpr std::size_t kMostChanges = 5'000;
/// Long, because fuzzers run when nobody else wants the processor.
constexpr std::chrono::seconds kPatience{120};
constexpr std::chrono::microseconds kLook{20};

std::unique_ptr<fuzz::Office> office;
std::size_t changes = 0;

/// Every request comes from an address of its own: wrong tokens of one do not hold back the answers to
/// another.
std::string next_peer() {
    static unsigned count = 0;
    ++count;
    return "10." + std::to_string(count >> 16 & 255) + "." + std::to_string(count >> 8 & 255) + "." +
           std::to_string(count & 255);
}

/// Turns the reactor until everything is answered that does not wait for an event.
void settle(fuzz::Conversation& conversation, const fuzz::Answers& answers) {
    office->turn();
    conversation.take_answers();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (answers.outstanding > 0 && !conversation.closed()) {
        fuzz::check(std::chrono::steady_clock::now() < deadline, "every request is answered");
        std::this_thread::sleep_for(kLook);
        office->turn();
        conversation.take_answers();
    }
}

void converse(std::string_view bytes, std::size_t slice) {
    static const HttpServer::Settings settings{.most_header_bytes = 4'096, .most_body_bytes = 64 << 10};
    const auto answers = std::make_shared<fuzz::Answers>();
    std::size_t asked = 0;
    const HttpHandler handler = [&](Reactor& reactor, const HttpRequest& request, Exchange exchange) {
        ++asked;
        const std::string peer = next_peer();
        HttpRequest ours = request;
        ours.peer = peer;
        office->handler()(reactor, ours, fuzz::watched(std::move(exchange), request, answers));
    };
    fuzz::Conversation conversation(office->reactor(), settings, handler);
    for (std::size_t settled = 0; !bytes.empty() && !conversation.closed();) {
        conversation.send(bytes.substr(0, slice));
        bytes.remove_prefix(std::min(slice, bytes.size()));
        if (asked == settled) continue;
        settled = asked;
        settle(conversation, *answers);
    }
    settle(conversation, *answers);
    // Twice: what one event has answered may be followed by a request that waits for the next.
    for (int i = 0; i < 2 && answers->waiting > 0 && !conversation.closed(); ++i) {
        office->tell();
        ++answers->changes;
        settle(conversation, *answers);
    }
    conversation.end();
    office->turn();
    changes += answers->changes;
    if (answers->changes > 0) office->restore_session();
}

void renew_office() {
    const bool first = !office;
    office.reset();
    office = std::make_unique<fuzz::Office>();
    changes = 0;
    // Registered when the libraries below have registered what they do at exit: the office closes before
    // them.
    if (first) std::atexit([] { office.reset(); });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (!office || changes > kMostChanges) renew_office();
    // The length says how the bytes are cut, so that an input is nothing but what is sent.
    converse(fuzz::text_of(data, size), size % 32 + 1);
    return 0;
}
