#include "event/masking.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "event/json.hpp"

namespace callboard {
namespace {

constexpr std::string_view kNobody = "anonymous";  // the protocol's word for a caller who is not named
constexpr std::size_t kLong = 7;                   // digits of a number of which the first ones may be seen
constexpr std::size_t kHidden = 4, kLast = 2;      // of its digits
constexpr std::size_t kLongest = 17;               // digits of a number: 00, and ITU-T E.164 §6
constexpr std::size_t kLongestSpaced = 13;         // digits with something between, 00 33 6 12 34 56 78
constexpr std::size_t kShortestAlone = 4;          // digits that are taken for a number without an address

bool is_figure(char c) { return (c >= '0' && c <= '9') || c == '*'; }
bool stands_between(char c) { return std::string_view(" .-()").find(c) != std::string_view::npos; }
bool is_word(char c) { return is_figure(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_of_number(char c) { return is_figure(c) || stands_between(c) || c == '+' || c == '#'; }

std::size_t figures_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_figure));
}

/// The run of digits at the front of `text`, up to two characters between two of them; as much of it as may
/// be a number, and some more.
std::string_view run_of(std::string_view text) {
    constexpr std::size_t most = 64;
    std::size_t end = 0;
    text = text.substr(0, most);
    for (std::size_t at = 0; at < text.size() && at <= end + 2; ++at) {
        if (is_figure(text[at]))
            end = at + 1;
        else if (!stands_between(text[at]))
            break;
    }
    return text.substr(0, end);
}

std::string_view digits_of(std::string_view text) {
    return text.substr(
        0, std::min(text.size(), static_cast<std::size_t>(std::distance(
                                     text.begin(), std::find_if_not(text.begin(), text.end(), is_figure)))));
}

/// What is masked as one at the front of `text`. Digits with something between them are one number when none
/// of their groups can be one alone.
std::string_view number_of(std::string_view text) {
    const std::string_view run = run_of(text);
    for (std::size_t at = 0; at < run.size(); ++at)
        if (const std::size_t group = digits_of(run.substr(at)).size(); group >= kLong)
            return digits_of(run);
        else
            at += group;
    return figures_of(run) < kLong ? digits_of(run) : run;
}

/// Of what may be several numbers nothing is seen.
std::string masked_in_text(std::string_view run) {
    std::string masked = masked_number(run);
    if (digits_of(run).size() < run.size() && figures_of(run) > kLongestSpaced)
        std::replace_if(masked.begin(), masked.end(), is_figure, '*');
    return masked;
}

/// Length of `sip:`, `sips:` or `tel:` at the front of `text`; 0 when none is.
std::size_t scheme_length(std::string_view text) {
    for (const std::string_view scheme : {"sip:", "sips:", "tel:"}) {
        if (equals_ignoring_case(text.substr(0, scheme.size()), scheme)) return scheme.size();
    }
    return 0;
}

/// What is up to the host, or all there is, of an address whose scheme was taken off (RFC 3261 §19.1.1).
std::string_view front_of(std::string_view address) {
    return address.substr(0, address.find_first_of("@;>?,\"< \t\r\n"));
}

/// Whether that names someone, and is no host alone.
bool is_user(std::string_view front, std::string_view address) {
    if (address.size() > front.size() && address[front.size()] == '@') return true;
    return std::all_of(front.begin(), front.end(), [](char c) { return is_of_number(c) && c != '.'; });
}

/// As a number is written behind `+`, `00` or `0`, which is how it can be told from other digits.
bool begins_like_number(std::string_view run, bool behind_plus) {
    if (behind_plus) return true;
    const std::size_t first = run.find_first_not_of('0');
    return first == 1 || first == 2;
}

enum class Kind { party, plain, identifier, text, name };
/// Members of a queue's `Data` (OVH protocol §4) that are shown; those that begin with `QueueAgent` too.
constexpr std::array<std::pair<std::string_view, Kind>, 24> kMembers = {{
    {"Action", Kind::plain},
    {"Agent", Kind::plain},
    {"Called", Kind::party},
    {"Calling", Kind::party},
    {"Count", Kind::plain},
    {"Datetime", Kind::plain},
    {"Dialed", Kind::party},
    {"Event", Kind::plain},
    {"Protocol", Kind::plain},
    {"Queue", Kind::plain},
    {"QueueAgentContact", Kind::text},
    {"QueueBridgeTerminatedTime", Kind::plain},
    {"QueueCancelReason", Kind::plain},
    {"QueueCause", Kind::plain},
    {"QueueHangupCause", Kind::plain},
    {"QueueMemberCIDName", Kind::name},
    {"QueueMemberCIDNumber", Kind::party},
    {"QueueMemberDNIS", Kind::party},
    {"QueueMemberJoinedTime", Kind::plain},
    {"QueueMemberLeavingTime", Kind::plain},
    {"QueueMemberSessionUUID", Kind::identifier},
    {"QueueMemberUUID", Kind::identifier},
    {"QueueSelection", Kind::plain},
    {"Ts", Kind::plain},
}};

/// How a member is shown; nothing: not at all.
std::optional<Kind> kind_of(std::string_view name) {
    for (const auto& [known, kind] : kMembers)
        if (known == name) return kind;
    return name.starts_with("QueueAgent") ? std::optional(Kind::plain) : std::nullopt;
}

}  // namespace

std::string masked_number(std::string_view number) {
    const std::size_t count = figures_of(number);
    const auto is_shown = [count](std::size_t place) {
        if (count > kLongest) return place >= count - kLast;
        if (count >= kLong) return place < count - kHidden - kLast || place >= count - kLast;
        return count > 2 && (place == 0 || place + 1 == count);
    };
    std::string masked(number);
    std::size_t place = 0;
    for (char& c : masked)
        if (is_figure(c) && !is_shown(place++)) c = '*';
    return masked;
}

std::string masked_search(std::string_view text) {
    std::string masked;
    append_parts(masked, text, ',', [&masked](std::string_view one) {
        const bool is_number = one.find_first_not_of("0123456789 .-()+/*") == std::string_view::npos;
        masked += is_number ? masked_number(one) : "…";
    });
    return masked;
}

/// However it is written: ways of writing a number differ in front.
bool Masking::is_ours(std::string_view text) const {
    if (ours_ == nullptr) return false;
    if (ours_->by_alias(text) != nullptr) return true;
    if (!ours_->may_have(text)) return false;
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_figure);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    const auto& services = ours_->services();
    return digits.size() >= kLong && std::any_of(services.begin(), services.end(), [&](const Service& one) {
               return one.number.ends_with(digits);
           });
}

std::string Masking::party(std::string_view text) const {
    if (text.empty() || is_ours(text)) return std::string(text);
    if (!std::all_of(text.begin(), text.end(), is_of_number)) return std::string(kNobody);
    return masked_number(text);
}

std::string Masking::text(std::string_view text) const {
    std::string out;
    out.reserve(text.size());
    std::size_t searched = 0;  // no address begins before: a text is looked through once, whoever wrote it
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        if (const std::size_t scheme = at < searched ? 0 : scheme_length(rest)) {
            const std::string_view address = rest.substr(scheme);
            const std::string_view front = front_of(address);
            out += rest.substr(0, scheme);
            at += scheme;
            searched = at + front.size();
            if (!is_user(front, address)) continue;
            out += party(front);
            at = searched;
            continue;
        }
        const std::string_view run = number_of(rest);
        if (run.empty()) {
            out += text[at++];
            continue;
        }
        out += run.size() < kShortestAlone || is_ours(run) ? std::string(run) : masked_in_text(run);
        at += run.size();
    }
    return out;
}

std::string Masking::identifier(std::string_view text) const {
    constexpr std::size_t shortest = 9;  // digits of a whole number
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view run = digits_of(text.substr(at));
        const std::size_t end = at + run.size();
        const bool alone = (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
        const bool is_number = alone && run.size() >= shortest && run.size() <= kLongest &&
                               begins_like_number(run, at > 0 && text[at - 1] == '+');
        out += is_number && !is_ours(run) ? masked_number(run) : std::string(run);
        at = end;
        for (; at < text.size() && !is_figure(text[at]); ++at) out += text[at];
    }
    return out;
}

void Masking::mask_line(LineData& line) const {
    for (auto* number : {&line.billing, &line.called, &line.calling, &line.dialed}) *number = party(*number);
    for (auto* free : {&line.body, &line.cseq, &line.relevant_info}) *free = text(*free);
    line.call_id = identifier(line.call_id);
}

void Masking::mask_queue(QueueData& queue) const {
    QueueData shown;
    for (auto& [name, value] : queue.members) {
        const std::optional<Kind> kind = kind_of(name);
        if (!kind) continue;
        switch (*kind) {
            case Kind::party:
                value = party(value);
                break;
            case Kind::identifier:
                value = identifier(value);
                break;
            case Kind::text:
                value = text(value);
                break;
            case Kind::name:
                value.clear();
                break;
            case Kind::plain:
                break;
        }
        shown.members.emplace_back(std::move(name), std::move(value));
    }
    queue = std::move(shown);
}

Record Masking::record(const Record& plain, const TimeZone& zone) const {
    Record masked = plain;
    auto event = event_of(plain);
    if (!event) {
        masked.data = "{}";
        return masked;
    }
    event->extra.clear();
    if (auto* line = std::get_if<LineData>(&event->data))
        mask_line(*line);
    else
        mask_queue(std::get<QueueData>(event->data));
    masked.data = data_json(*event, zone);
    return masked;
}

}  // namespace callboard
