#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "core/state.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// Makes one call of what several sources tell of it: each line is told each thing once, under the Call-ID
/// that was told first. Pure; one thread.
///
/// Two sources tell the same call of a line when they name the same Call-ID, or when the far party and the
/// direction agree and it began at the same time (`window`) or is known to be up when the second begins to
/// listen. A source never tells one call under two Call-IDs, so what one source keeps apart stays apart.
/// Which source comes first may change with every event: of each kind of event a call is told as many as the
/// source that has told most of it.
class Correlation {
  public:
    struct Settings {
        Duration window = std::chrono::seconds(5);   ///< between the beginnings that two sources saw
        Duration linger = std::chrono::seconds(60);  ///< an ended call is remembered, for those who are late
        Duration longest = std::chrono::hours(5);    ///< one without a word is forgotten
        std::size_t most_calls_of_line = 128;        ///< the one heard of longest ago goes
    };

    Correlation() = default;
    explicit Correlation(Settings settings) : settings_(settings) {}

    /// The calls that are in progress when the sources begin: of no source yet.
    void adopt(const State& state, Time now);
    /// Appends to `out` what is to be told because `source` told `event` at `now`: nothing, the event under
    /// its call's Call-ID, or that behind an end of ringing or of holding that only another source will see.
    /// What is not about a call is passed on, but a registration that another source told within `window`.
    void take(std::string_view source, Event event, Time now, std::vector<Event>& out);

    /// Events that another source had told.
    std::uint64_t dropped() const { return dropped_; }

  private:
    static constexpr std::size_t kKinds = 7;
    using Counts = std::array<std::uint32_t, kKinds>;  // by kind of event

    struct Teller {
        std::string source, call_id;
        Counts told{};
    };
    struct Known {
        std::string call_id, far;
        bool incoming = false;
        bool adopted = false;  // told before the sources began
        Time begun{}, heard{};
        Counts told{};
        std::vector<Teller> tellers;
    };
    struct Registration {
        std::string source, name;
        Time told{};
    };

    bool repeats_registration(std::string_view source, const Event& event, Time now);
    void forget_old(std::vector<Known>& calls, Time now) const;
    Known& known(std::vector<Known>& calls, std::string_view source, const Event& event, std::size_t kind,
                 Time now);
    Known* match(std::vector<Known>& calls, std::string_view source, const Known& wanted, std::size_t kind,
                 Time now) const;
    static bool is_in_place(const Known& call, std::size_t kind);
    void tell(Known& call, std::size_t kind, Event event, std::vector<Event>& out);

    Settings settings_;
    StringMap<std::vector<Known>> lines_;
    StringMap<Registration> registrations_;
    std::uint64_t dropped_ = 0;
};

}  // namespace callboard
