#include "api/inquiry.hpp"

#include <fmt/ranges.h>

#include <array>
#include <string>
#include <utility>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "delivery/presented_token.hpp"
#include "event/masking.hpp"
#include "event/numbering.hpp"

namespace callboard {
namespace {

/// Parameters that are no numbers of callers, and open nothing. Others may hold anything.
constexpr std::array<std::string_view, 11> kPlain = {
    "agent", "outcome", "direction", "kind", "from", "to", "interval", "by", "at", "limit", "after"};
/// Ours are meant, but somebody may write any number.
constexpr std::array<std::string_view, 3> kServices = {"line", "queue", "key"};
constexpr std::array<std::string_view, 2> kParties = {"number", "search"};

/// Each number in the form of the protocol, so that all ways of writing it are told alike.
std::string canonical_parties(std::string_view text, const std::string& region) {
    Numbering numbering(region);
    std::string all;
    while (!text.empty()) {
        const std::string_view one = take_part(text, ',');
        all.append(all.empty() ? "" : ",").append(numbering.canonical(one));
    }
    return all;
}

/// One of ours stays, and so does the name of an agent.
std::string service_or_masked(std::string text, const Directory& directory, const std::string& region) {
    if (text.find_first_not_of("0123456789 .-()+*#") != std::string::npos) return text;
    Numbering numbering(region);
    return Masking(&directory).party(numbering.party(directory, text));
}

act::Asked asked_in(const HttpRequest& request, const Directory& directory, const std::string& region) {
    act::Asked asked;
    const auto given = [&request](std::string_view name) { return request.parameter(name).value_or(""); };
    for (const std::string_view name : kParties)
        if (const auto value = given(name); !value.empty())
            asked.emplace_back(name, masked_search(canonical_parties(value, region)));
    for (const std::string_view name : kServices)
        if (auto value = given(name); !value.empty())
            asked.emplace_back(name, service_or_masked(std::move(value), directory, region));
    for (const std::string_view name : kPlain)
        if (auto value = given(name); !value.empty()) asked.emplace_back(name, std::move(value));
    return asked;
}

}  // namespace

Inquiry::Inquiry(const Api& api, const HttpRequest& request, const Grant& grant)
    : Inquiry(api, request, actor_of(request.peer, presented_token(request), grant)) {
    masked_ = grant.masked;
}

Inquiry::Inquiry(const Api& api, const HttpRequest& request, Actor actor)
    : audit_(&api.audit), actor_(std::move(actor)) {
    if (audit_->is_kept()) asked_ = asked_in(request, *api.readers.hub.directory(), api.default_region);
}

void Inquiry::means(const HistoryQuery& query) {
    for (auto& [name, value] : asked_)
        if (name == "number") value = masked_search(fmt::format("{}", fmt::join(query.numbers, ",")));
}

void Inquiry::read(std::string_view what, std::uint64_t rows) const {
    audit_->note(actor_, act::HistoryRead{std::string(what), masked_, asked_, rows});
}

void Inquiry::exported(std::string_view form, std::uint64_t rows, bool whole) const {
    audit_->note(actor_, act::HistoryExport{std::string(form), masked_, asked_, rows, whole});
}

void Inquiry::read_contacts(std::uint64_t rows) const {
    audit_->note(actor_, act::ContactsRead{asked_, rows});
}

Actor actor_with_key(const HttpRequest& request, std::string_view account) {
    return {std::string(request.peer),
            shown(bearer_token(request.header("Authorization"))),
            std::string(account),
            {}};
}

}  // namespace callboard
