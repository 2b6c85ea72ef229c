// What a CRM answers when it is asked for a name: its first line is status, content type and field, each
// behind a space.
#include <simdjson.h>

#include "base/text.hpp"
#include "contacts/contact_reader.hpp"
#include "contacts/lookup_answer.hpp"
#include "fuzz.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = fuzz::text_of(data, size);
    std::string_view head = take_part(text, '\n');
    const int status = number_in<int>(take_part(head, ' ')).value_or(200);
    const std::string_view type = take_part(head, ' ');
    const LookupAnswer answer = read_lookup(status, type, text, head);
    const bool found = answer.kind == LookupAnswer::Kind::found;
    fuzz::check(found != answer.name.empty(), "who is found has a name");
    fuzz::check((answer.kind == LookupAnswer::Kind::failed) != answer.why.empty(), "what failed says why");
    fuzz::check(answer.name.size() <= Contact::kMostNameBytes && simdjson::validate_utf8(answer.name),
                "a name can be kept");
    const HeaderLine line = header_line(text);
    fuzz::check(line.name.find_first_of("\r\n: ") == std::string_view::npos &&
                    line.value.find_first_of("\r\n") == std::string_view::npos,
                "a header is one line");
    return 0;
}
