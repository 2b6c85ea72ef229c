#pragma once

#include <string>
#include <string_view>

#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/time_zone.hpp"

namespace callboard {

/// A number of which nobody is called back: of seven digits and more the four before the last two are hidden
/// (`0033612****78`, `06 12 ** ** 78`), so that the same ones are in every way of writing it; of a shorter
/// one all but the first and the last (`3**1`), of one or two digits all. More than 17 digits are no number,
/// but may be several: all but the last two are hidden. What stands between the digits stays, a `*` counts as
/// a digit. Pure; done twice it changes nothing.
std::string masked_number(std::string_view number);

/// Whom somebody looked for, several by comma: each number as masked_number() shows it, and of a name that
/// there was one: `06 12 ** ** 78,…`. Pure.
std::string masked_search(std::string_view text);

/// What a masked token reads: who called from outside cannot be told, lines, queues and agents of ours can.
/// Each function depends on nothing but its text, so that what belongs together still does; done twice it
/// changes nothing. Immutable, any thread.
class Masking {
  public:
    /// `ours` must outlive this. Null: nobody is ours.
    explicit Masking(const Directory* ours) : ours_(ours) {}

    /// Someone who calls or is called: one of ours stays, a number is masked, and what has letters (a name,
    /// an address) becomes `anonymous`.
    std::string party(std::string_view text) const;
    /// A text with numbers or SIP addresses in it, as the start line of a message or a reason: each is masked
    /// like a party. Numbers of less than four digits are only seen in addresses: `486` is a reason.
    std::string text(std::string_view text) const;
    /// A Call-ID or UUID: stays what it was, unless the exchange has put a whole number into it.
    std::string identifier(std::string_view text) const;
    /// An event. Members of `Data` that are not known to be harmless are left out, those that an ingest has
    /// added among them; names of callers are empty. `zone` is that of `Datetime`.
    Record record(const Record& plain, const TimeZone& zone) const;

  private:
    bool is_ours(std::string_view text) const;
    void mask_line(LineData& line) const;
    void mask_queue(QueueData& queue) const;

    const Directory* ours_;
};

}  // namespace callboard
