#pragma once

#include <array>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "delivery/audience.hpp"
#include "delivery/readers.hpp"
#include "delivery/session/session_reader.hpp"
#include "delivery/session/sessions.hpp"
#include "delivery/session/told.hpp"
#include "delivery/wake.hpp"

namespace callboard {

/// The sessions that are being read on one reactor; on its thread alone.
///
/// A reader first reads up to the present at its own pace, from memory or disk, then joins the audience of
/// each of its tokens and gets what wakes bring. Bytes are made once for a token and a transport; a session
/// of several tokens shares them too, unless one wake brings something for more than one of its tokens.
class LiveSessions {
  public:
    LiveSessions(const Readers& readers, Sessions& sessions, Reactor& reactor);

    /// Lets `reader` read the session. False: there is no such session.
    bool attach(std::string_view id, const std::shared_ptr<SessionReader>& reader);
    /// Begins anew from its place, under the subscriptions that its session now has.
    void restart(SessionReader& reader);
    /// Gives it nothing more. Its session is not let go by this.
    void withdraw(SessionReader& reader);
    /// Everything up to here was written to it, or is nothing for it; 0 while it does not know what is gone.
    Sequence place(const SessionReader& reader) const;

    void stop();

    Sessions& sessions() { return sessions_; }
    Reactor& reactor() { return reactor_; }
    bool stopping() const { return stopping_; }

  private:
    using Member = std::shared_ptr<SessionReader>;
    using Live = Audience<Member>;
    /// What one token gets from a wake.
    struct Telling {
        std::string token;
        std::vector<Announced> fresh;
        std::vector<Member> members;
        std::vector<Told> all;
        std::array<SharedBytes, kTransports> bytes{};
        std::array<std::size_t, kTransports> clients{};
    };

    void join(const Member& reader, const SessionRecord& session);
    void use(const Member& reader, SessionRecord session);
    void catch_up(const Member& reader);
    void caught(const Member& reader, std::uint32_t round, const PageReader::Found& found);
    void read_on(const Member& reader);
    void go_live(const Member& reader);
    void leave_and_read(const Member& reader);
    void leave_audience(SessionReader& reader);

    void wake();
    std::vector<Telling> gather(std::span<const Announced> events);
    void tell(std::vector<Telling>& tellings, Sequence through);
    void tell_same(Telling& telling, const Member& reader, Sequence through);
    void tell_alone(const Member& reader, std::vector<Told> all, Sequence through);
    std::vector<Told> merged(const SessionReader& reader, const std::vector<Telling>& tellings) const;
    void fall_back();

    void check();
    void forget_absent();
    void begin_listening(SessionReader& reader, const std::string& session);
    static void count(const SessionReader& reader, std::span<const Told> all);
    void measure(Transport transport, std::span<const Told> all, std::size_t clients);

    const Readers readers_;
    Sessions& sessions_;
    Reactor& reactor_;
    std::list<Member> members_;
    Live live_;
    std::vector<Live::Group*> touched_;
    Sequence seen_ = 0;  // the hub's events up to here were told to the audience
    std::uint64_t checks_ = 0;
    bool stopping_ = false;
    struct Figures {
        Counter& deliveries;
        Gauge& subscribers;
    };
    std::array<Figures, kTransports> figures_;
    Histogram& delivery_seconds_;
    Wake wake_;
};

}  // namespace callboard
