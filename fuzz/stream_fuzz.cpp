// What a server tells `callboard watch`: the same messages however the bytes are cut, also when the
// connection breaks in their midst. The first line is the address that a person writes.
#include <algorithm>
#include <string>
#include <vector>

#include "app/http_stream.hpp"
#include "app/stream_messages.hpp"
#include "fuzz.hpp"

using namespace callboard;

namespace {

std::vector<std::string> messages_of(std::string_view bytes, std::size_t slice) {
    std::vector<std::string> all;
    StreamMessages messages;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(slice, bytes.size()))) {
        const auto fed = messages.feed(bytes.substr(0, slice), [&all](const StreamMessage& message) {
            fuzz::check(!message.event.empty(), "a message has a name");
            all.push_back(message.event + "\n" + message.data);
        });
        fuzz::check(fed.has_value(), "so few bytes are no message without end");
        fuzz::check(messages.last_id().find_first_of(std::string_view("\n\0", 2)) == std::string::npos,
                    "an id can be sent back");
    }
    return all;
}

/// What was not complete when the connection broke is not told.
void check_restart(std::string_view bytes) {
    StreamMessages messages;
    std::size_t told = 0;
    const auto count = [&told](const StreamMessage&) { ++told; };
    fuzz::check(messages.feed(bytes, count).has_value(), "so few bytes are no message without end");
    const std::string id = messages.last_id();
    messages.restart();
    const std::size_t before = told;
    fuzz::check(messages.feed("\n", count).has_value() && told == before,
                "nothing is left of a broken message");
    fuzz::check(messages.last_id() == id, "and the place is where it was");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    fuzz::read_in_slices(bytes, messages_of);
    check_restart(bytes);
    const auto url = ServerUrl::parse(bytes.substr(0, bytes.find('\n')));
    if (!url) return 0;
    fuzz::check(url->address.find(':') != std::string::npos, "an address has a port");
    fuzz::check(url->path.empty() || (url->path.front() == '/' && url->path.back() != '/'),
                "a path begins with a slash and ends with none");
    return 0;
}
