// Small texts that people and programs write into queries, headers and settings: times, lifetimes, addresses,
// numbers to be masked, texts that become JSON. The first line is the text, the second what a proxy says of
// its client.
#include <simdjson.h>

#include <string>

#include "api/token_store.hpp"
#include "base/text.hpp"
#include "event/json.hpp"
#include "event/masking.hpp"
#include "event/time_text.hpp"
#include "fuzz.hpp"
#include "net/address_range.hpp"
#include "net/destinations.hpp"

using namespace callboard;

namespace {

void check_times(std::string_view text) {
    static const TimeZone zone = *TimeZone::named("Europe/Paris");
    for (const bool end : {false, true})
        if (const auto time = time_from_text(text, zone, end)) {
            // At the ends of the years that are read, what is shown may be in one that is not.
            const auto again = time_from_rfc3339(zone.rfc3339(*time));
            fuzz::check(!again || again == time, "a time that is shown means the same when it is read");
        }
    if (const auto lifetime = parse_lifetime(text); lifetime && *lifetime)
        fuzz::check(**lifetime > Duration::zero() && **lifetime <= std::chrono::hours(24 * 3650),
                    "a token lives for some time, and not for ever");
    time_from_seconds(text);
}

void check_addresses(std::string_view text, std::string_view forwarded) {
    is_public(text);
    const auto range = AddressRange::parse(text);
    if (!range) return;
    const std::string_view address = text.substr(0, text.find('/'));
    fuzz::check(range->contains(address), "a range has the address that it is named by");
    const std::string_view client = client_behind({*range}, address, forwarded);
    fuzz::check(client == address || fuzz::within(client, forwarded),
                "a client is one of those that were named");
}

void check_masking(std::string_view text) {
    const Masking masking(nullptr);
    const std::string number = masked_number(text);
    fuzz::check(masked_number(number) == number, "a number masked twice is masked once");
    for (const auto mask : {&Masking::party, &Masking::text, &Masking::identifier}) {
        const std::string once = (masking.*mask)(text);
        fuzz::check((masking.*mask)(once) == once, "a text masked twice is masked once");
    }
}

void check_json(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    static simdjson::dom::parser parser;
    std::string_view read;
    fuzz::check(parser.parse(json).get(read) == simdjson::SUCCESS, "any text becomes JSON");
    if (simdjson::validate_utf8(text.data(), text.size())) fuzz::check(read == text, "and is what it was");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view forwarded = fuzz::text_of(data, size);
    const std::string_view text = take_part(forwarded, '\n');
    check_times(text);
    check_addresses(text, forwarded);
    check_masking(text);
    check_json(text);
    fuzz::check(percent_decoded(percent_encoded(text)) == text, "what was escaped can be read");
    Destinations::wrong(text);
    return 0;
}
