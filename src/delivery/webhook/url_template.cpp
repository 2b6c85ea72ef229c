#include "delivery/webhook/url_template.hpp"

#include <array>

#include "net/url_template.hpp"

namespace callboard::webhook {
namespace {

constexpr std::array<std::string_view, 7> kPlaceholders = {"*CALLING*", "*CALLED*", "*DIALED*", "*EVENT*",
                                                           "*QUEUE*",   "*AGENT*",  "*CALLID*"};
constexpr std::array<std::string Message::*, kPlaceholders.size()> kValues = {
    &Message::calling, &Message::called, &Message::dialed, &Message::event,
    &Message::queue,   &Message::agent,  &Message::call_id};
constexpr UrlTemplate kTemplate = {
    .placeholders = kPlaceholders,
    .example = "https://crm.example/call?from=*CALLING*",
    .instead_of_user = "give the receiver a secret instead, which signs what is posted"};

}  // namespace

std::optional<std::string> wrong_template(std::string_view url) { return kTemplate.wrong(url); }

std::string filled(std::string_view url, const Message& message) {
    return kTemplate.filled(url,
                            [&message](std::size_t i) -> std::string_view { return message.*kValues[i]; });
}

}  // namespace callboard::webhook
