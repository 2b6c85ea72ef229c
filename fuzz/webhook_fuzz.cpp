// A webhook that somebody posts, a URL with placeholders, a message as it lies in its file.
#include <algorithm>

#include "api/webhook_json.hpp"
#include "delivery/webhook/url_template.hpp"
#include "fuzz.hpp"
#include "net/destinations.hpp"
#include "net/url_template.hpp"

using namespace callboard;

namespace {

const Directory& directory() {
    static const Directory one({{"ba-demo", "Demo"}}, [] {
        Service line;
        line.account = "ba-demo";
        line.number = "0033972000001";
        return std::vector<Service>{line};
    }());
    return one;
}

void check_url(std::string_view url, std::string_view value) {
    if (webhook::wrong_template(url)) return;
    webhook::Message message;
    message.calling = message.called = message.dialed = message.event = std::string(value);
    message.queue = message.agent = message.call_id = std::string(value);
    const std::string filled = webhook::filled(url, message);
    fuzz::check(host_of(filled) == host_of(url), "whatever is filled in, the host stays");
    fuzz::check(std::all_of(filled.begin(), filled.end(), [](char c) { return c > ' ' && c < 127; }),
                "a filled URL is printable");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto made = parse_webhook(text, directory())) {
        webhook::View view;
        view.webhook = *made;
        fuzz::check(webhook_json(view).starts_with("{\"id\""), "what is taken can be shown");
        check_url(made->url, text);
    } else {
        fuzz::check(!made.error().what.empty(), "an error says what is wrong");
    }
    const std::size_t line = std::min(text.find('\n'), text.size());
    check_url(text.substr(0, line), text.substr(line));
    if (const auto message = webhook::unpacked(text))
        fuzz::check(webhook::packed(*message) == text, "what unpacks is what was packed");
    if (!Destinations::wrong(text))
        fuzz::check(!Destinations({std::string(text)}).names(""), "no name is not a name");
    return 0;
}
