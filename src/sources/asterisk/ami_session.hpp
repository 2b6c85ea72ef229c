#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "event/directory.hpp"
#include "sources/asterisk/ami_frame.hpp"
#include "sources/asterisk/ami_stream.hpp"

namespace callboard {

/// One thing that a session with Asterisk brought, in the order in which it counts.
struct AmiNews {
    enum class Kind : std::uint8_t {
        event,            ///< `frame` happened
        snapshot_begins,  ///< lists were asked for
        listed,           ///< `frame` is an entry of one of them
        snapshot_ends,    ///< all of them are here; `failure` not empty: not all, and why
    };
    Kind kind = Kind::event;
    AmiFrame frame;
    Time collected{};  ///< when the bytes were read
    std::string failure;
};

/// One connection to Asterisk's manager interface, from the banner to its end: logs in, asks for what is up
/// (channels, queues, registrations) at once and every minute, keeps the connection alive, and brings the
/// events in order. Pure: bytes and time come in, bytes to send and news go out.
///
/// The SIP Call-ID of a channel and whether its caller withholds the number are in no event: for each new
/// channel they are asked for (Getvar), and its Newchannel waits for the answers, with all that came after
/// it, for at most kPatience. They are then in its frame as if `channelvars` had been configured.
class AmiSession {
  public:
    using Steady = std::chrono::steady_clock::time_point;
    using seconds = std::chrono::seconds;
    using milliseconds = std::chrono::milliseconds;

    struct Settings {
        std::string username;
        Secret secret;
    };

    /// Begins at `now`, when the connection was made.
    AmiSession(Settings settings, Steady now);

    /// What was read from the connection.
    void take(std::string_view bytes, Steady now, Time collected);
    /// Time has come to `now`; at least every 100 ms.
    void on_time(Steady now, Time wall);

    /// What is to be sent; empty: nothing.
    std::string take_output();
    /// The next of what it brought.
    std::optional<AmiNews> next();

    bool logged_in() const { return state_ == State::up; }
    /// Why the connection is to be closed. `denied`: the same name and secret will fail again. `invalid`:
    /// there is no manager interface at this address.
    const std::optional<Error>& failure() const { return failure_; }
    /// Asterisk has said that it is going down.
    bool shutting_down() const { return shutting_down_; }

    std::uint64_t frames() const { return frames_; }
    std::uint64_t dropped_frames() const { return stream_.dropped(); }

    static constexpr seconds kLoginPatience{10};     ///< for the banner, and for each answer up to the login
    static constexpr seconds kChallengePatience{3};  ///< then the secret is sent as it is
    static constexpr seconds kBootPatience{2};  ///< for FullyBooted after the login; then it is asked anyway
    static constexpr seconds kSnapshotEvery{60};
    static constexpr seconds kListPatience{10};
    static constexpr seconds kQuiet{15};             ///< silence after which it is pinged
    static constexpr seconds kSilence{30};           ///< silence after which it counts as gone
    static constexpr milliseconds kPatience{100};    ///< for facts of a channel
    static constexpr std::size_t kMostHeld = 4'096;  ///< news that wait behind such a channel
    static constexpr std::size_t kMostQuestions = 1'024;
    static constexpr std::size_t kMostChannels = 50'000;
    static constexpr int kMostUnanswered = 3;  ///< questions in a row; then no more are asked

  private:
    enum class State : std::uint8_t { banner, challenge, login, up };
    /// The facts that a channel's frame waits for.
    struct Waiting {
        int answers = 0;  ///< still to come
        Steady until{};
    };
    struct Held {
        AmiNews news;
        std::uint64_t number = 0;  ///< key in waiting_, 0: waits for nothing itself
    };
    /// Of a list: what it is called when it fails, and whether Asterisk may not know it.
    struct List {
        std::string_view action;
        bool optional = false;
        std::size_t items = 0;
    };
    struct Question {
        std::uint64_t waiting = 0;  ///< key in waiting_
        std::string variable;
    };

    void take_frame(AmiFrame frame, Steady now, Time collected);
    void take_login_answer(const AmiFrame& frame, Steady now);
    bool take_answer(AmiFrame& frame, Steady now, Time collected);
    void take_list_frame(const std::string& id, AmiFrame& frame, Steady now, Time collected);
    void take_variable(const std::string& id, const AmiFrame& frame);
    void take_event(AmiFrame frame, Steady now, Time collected);
    void greet(Steady now);
    void log_in(std::string_view challenge, Steady now);
    void logged_in_now(Steady now);
    void begin_snapshot(Steady now, Time wall);
    void finish_list(const std::string& id, std::string failure, Time collected);
    void finish_snapshot(Time collected);
    std::uint64_t ask_about(const AmiFrame& frame, Steady now);
    void ask(std::string_view channel, std::string_view variable, std::uint64_t number);
    void hold(AmiNews news, std::uint64_t number);
    void release(Steady now);
    void stop_asking() { asking_ = false; }
    void fail(Error::Kind kind, std::string what);
    std::string new_id();

    Settings settings_;
    AmiStream stream_;
    State state_ = State::banner;
    Steady state_until_;
    Steady heard_;
    bool pinged_ = false;
    bool shutting_down_ = false;
    std::optional<Error> failure_;
    std::string output_;
    std::uint64_t last_id_ = 0;
    std::string login_id_;
    std::uint64_t frames_ = 0;

    Steady snapshot_due_ = Steady::max();
    Steady snapshot_until_{};
    bool in_snapshot_ = false;
    StringMap<List> lists_;  // by ActionID, of the snapshot that is going on
    std::string snapshot_failure_;

    bool asking_ = true;
    int unanswered_ = 0;  // in a row
    std::uint64_t last_waiting_ = 0;
    std::unordered_map<std::uint64_t, Waiting> waiting_;
    StringMap<Question> questions_;          // by ActionID
    std::unordered_set<std::string> known_;  // Uniqueids of channels that were asked about
    std::deque<Held> held_;
};

}  // namespace callboard
