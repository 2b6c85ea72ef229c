#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/throttle.hpp"
#include "delivery/access.hpp"
#include "delivery/cursor.hpp"
#include "delivery/session/session_file.hpp"
#include "delivery/session/session_record.hpp"
#include "event/directory.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// One session in memory; known to Sessions alone.
struct Session;

/// A client that reads a session: a poll that waits, or a WebSocket. Belongs to the reactor of its
/// connection; its functions are called on that thread, and never within a call to Sessions of another
/// reactor.
class Attachment : public std::enable_shared_from_this<Attachment> {
  public:
    explicit Attachment(Reactor& reactor) : reactor_(reactor) {}
    virtual ~Attachment() = default;
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

    Reactor& reactor() const { return reactor_; }
    /// Another connection reads the session from now on.
    virtual void taken_over() = 0;
    /// The session is no more.
    virtual void session_removed() = 0;
    virtual void subscriptions_changed() = 0;

  private:
    friend class Sessions;

    Reactor& reactor_;
    std::shared_ptr<Session> session_;
};

/// The sessions of version 2 (OVH protocol §2), in memory and in a file.
///
/// A session has one place in the journal: what its client has for sure. At most one client reads it at a
/// time, on whatever reactor; the newest wins. An answer that is on its way is remembered with its receipt,
/// and the next client that reads finds out on the answer's own reactor whether it arrived.
///
/// What requests change is in the file before they are answered; places are written behind, in groups, so
/// that a crash repeats events and loses none. One thread writes; all functions are for any thread.
class Sessions {
  public:
    struct Settings {
        /// Without a client that reads or a change: forgotten. Time that passes, whatever the calendar does.
        Duration idle = std::chrono::hours(1);
        std::size_t most = 100'000;
        std::size_t most_of_address = 50'000;
        std::size_t most_tokens = 50;                 ///< of one session
        std::chrono::milliseconds write_within{500};  ///< a place that moved
        std::chrono::milliseconds retry{500};         ///< after the file took nothing
    };
    /// The newest place of the journal.
    using Present = std::function<Cursor()>;
    enum class Outcome {
        done,
        unknown,            ///< there is no such session
        too_many,           ///< sessions in all
        too_many_of_yours,  ///< sessions of this address
        too_many_tokens,
        not_kept,  ///< the file cannot be written, or there are no random bytes: try again
    };

    /// Reads what the file holds; for these the time they may be idle begins anew. `present` has to know the
    /// journal already. The references must outlive the sessions, and so must every reactor that attachments
    /// name. Error: the file cannot be used.
    static Result<std::unique_ptr<Sessions>> open(const std::filesystem::path& file, const Secret& key,
                                                  const TokenAuthority& tokens, const Clock& clock,
                                                  Metrics& metrics, Present present, Settings settings);
    /// Stops as stop() does.
    ~Sessions();
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;
    /// Asks all receipts that are left, writes what is not written yet, and ends the thread. Call when the
    /// reactors have ended.
    void stop();

    // What requests do.

    /// Called when the change is in the file, or cannot be: on the writing thread, or within the call.
    using Done = std::function<void(Outcome, const SessionRecord&)>;
    void create(std::string_view address, Done done);
    std::optional<SessionRecord> find(std::string_view id);
    /// `here`: the reactor of the calling thread, null when it is none. While a client reads the session the
    /// change is made on that client's reactor, between two of its events.
    void subscribe(std::string id, std::string token, Reactor* here, Done done);
    void unsubscribe(std::string id, std::string token, Reactor* here, Done done);
    void remove(std::string_view id, Done done);
    /// Puts a session in force as if it had been in the file.
    void restore(SessionRecord session);
    /// Forgets who was idle for too long. Cheap when nobody was.
    void expire();

    // What attachments do; each on its own reactor.

    /// Makes `reader` the one client of a session. `begin` is called with the session as it then is, on the
    /// reader's reactor, within the call or later; never if another one takes over before. False: there is no
    /// such session.
    using Begin = std::function<void(const SessionRecord&)>;
    bool attach(std::string_view id, const std::shared_ptr<Attachment>& reader, Begin begin);
    SessionRecord look(const Attachment& reader);
    /// Its client has everything up to `through`. `knows_gap`: also that the journal was replaced, when it
    /// was.
    void acknowledge(Attachment& reader, Sequence through, bool knows_gap = false);
    /// Takes tokens that died out of the session.
    SessionRecord drop(Attachment& reader, const std::vector<std::string>& tokens);
    /// It reads no more. `through`: as for acknowledge(); 0 when nothing is known.
    void detach(Attachment& reader, Sequence through);

    /// An answer whose fate is not known yet. `receipt` belongs to the reactor's thread.
    struct OnItsWay {
        Reactor& reactor;
        const Sequence through;
        std::shared_ptr<const Receipt> receipt;
    };
    /// Ends the reading of one that is about to be answered with events up to `through`; its caller puts the
    /// receipt in. Null when another client has taken over: then it must not be answered with events.
    std::shared_ptr<OnItsWay> answer(Attachment& reader, Sequence through);

  private:
    using Handle = std::shared_ptr<Session>;
    /// A session to be written, and who waits for that.
    struct Unwritten {
        Handle session;
        std::function<void(bool)> written;
    };
    using Edit = std::function<Outcome(SessionRecord&)>;

    Sessions(SessionFile file, const TokenAuthority& tokens, const Clock& clock, Metrics& metrics,
             Present present, Settings settings);

    Handle take_in(SessionRecord record);

    // The lock is held.
    Handle known(std::string_view id);
    Handle put(SessionRecord record);
    void forget(const Handle& session);
    bool make_room();
    void begin_idling(Session& session);
    void end_idling(Session& session);
    void forget_idle();
    void write_later(const Handle& session);
    void write_now(const Handle& session, Done done);
    void move(const Handle& session, Sequence through);
    void arrive(const Handle& session, Sequence through);

    void change(std::string id, Reactor* here, Edit edit, Done done);
    Outcome add(SessionRecord& session, const std::string& token) const;
    void find_out(const Handle& session, const std::shared_ptr<OnItsWay>& answer,
                  std::chrono::milliseconds again, std::function<void()> then);
    void settle(const Handle& session, const std::shared_ptr<OnItsWay>& answer, bool arrived);
    void start(const std::shared_ptr<Attachment>& reader, const Begin& begin);
    void run();
    bool write_group(std::unique_lock<std::mutex>& lock);
    void complain(const Error& error);

    const TokenAuthority& tokens_;
    const Clock& clock_;
    const Present present_;
    const Settings settings_;
    Gauge& count_;
    SessionFile file_;  // of the writing thread, once that runs

    std::mutex mutex_;
    StringMap<Handle> sessions_;
    StringMap<std::size_t> of_address_;
    std::list<Handle> idle_;   // those that nobody reads, who began to be so first in front
    std::list<Handle> empty_;  // of these, those without any token
    std::deque<Unwritten> unwritten_;
    bool urgent_ = false;
    bool stopping_ = false;
    std::condition_variable work_;
    Throttle trouble_spoken_;  // of the writing thread
    std::thread thread_;
};

}  // namespace callboard
