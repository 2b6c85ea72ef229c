#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/exchange_table.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/numbering.hpp"

namespace callboard {

/// What the phone of a channel goes through, told as events of its line: each step once, and none without the
/// step before it (`end_ringing` only after `start_ringing`, `end_hold` before `end_calling`), also where
/// several devices of the line ring. Names the parties. Holds nothing itself. One thread.
class ExchangeLegs {
  public:
    ExchangeLegs(ExchangeTable& calls, Numbering& numbering) : calls_(calls), numbering_(numbering) {}

    /// What an event is told from, and where it goes.
    struct Cause {
        const Directory& directory;
        std::vector<Event>& out;
        std::string_view body;  ///< name of the exchange's event; empty for a timer
        Time captured{}, collected{};
        std::string_view relevant_info;
    };

    void ring(ExchangeCall& call, const Cause& cause);
    void answer(ExchangeCall& call, const Cause& cause);
    void hold(ExchangeCall& call, bool held, const Cause& cause);
    /// Ends whatever was begun; the native `call_failed` for what never rang.
    void hang_up(ExchangeCall& call, const Cause& cause);
    /// After `call` entered its bridge: it knows whom it is connected with, and he does.
    void meet(ExchangeCall& call, const Directory& directory);

    /// Before a leg goes to another channel: it keeps who called it and what was dialled, which its channel
    /// knows from where it was made for.
    void detach(ExchangeCall& call, const Directory& directory);

    /// How a party is named: its number when it is ours, else its canonical form.
    std::string party(const Directory& directory, std::string_view raw);
    /// How the phone or trunk at the end of `call` is named; empty when nobody knows.
    std::string identity(const ExchangeCall& call, const Directory& directory);
    /// Whether the number means nobody: empty is not, `anonymous` and its like are.
    static bool is_anonymous(std::string_view raw);

  private:
    void learn_far(ExchangeCall& call, const Directory& directory);
    void tell(std::string_view name, ExchangeCall& call, const Cause& cause, std::string_view relevant_info);
    void tell_end_of_ringing(ExchangeCall& call, const Cause& cause);
    std::string calling(const ExchangeCall& call, const Directory& directory);
    std::string called(const ExchangeCall& call, const Directory& directory);
    std::string dialled(const ExchangeCall& call, const Directory& directory);
    /// The channels of the same line, up, that were made for the same caller: its other devices.
    std::vector<ExchangeCall*> other_devices(const ExchangeCall& call);
    ExchangeCall* told_elsewhere(const ExchangeCall& call);
    bool pass_on(ExchangeCall& call);
    static void take_over(ExchangeLeg& leg, ExchangeLeg& from);

    ExchangeTable& calls_;
    Numbering& numbering_;
};

}  // namespace callboard
