#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/audience.hpp"
#include "delivery/listeners.hpp"
#include "delivery/session/sessions.hpp"
#include "delivery/session/told.hpp"

namespace callboard {

class LiveSessions;

/// How a session is read.
enum class Transport : std::uint8_t { poll, websocket, compressed_websocket };
inline constexpr std::size_t kTransports = 3;

/// A client that reads a session, as LiveSessions serves it: what it gets is decided there, how it is written
/// here. All on the thread of its reactor.
class SessionReader : public Attachment {
  public:
    /// `peer`: address of the client.
    SessionReader(LiveSessions& live, Reactor& reactor, Transport transport, std::string_view peer = {})
        : Attachment(reactor), live_(live), transport_(transport), peer_(peer) {}

    Transport transport() const { return transport_; }
    /// What deliver() takes: the same for every reader of this transport, so made once for all of them.
    virtual SharedBytes bytes(std::span<const Told> all) const = 0;
    /// Writes what bytes() made: events up to `through`. False: it gets nothing any more.
    virtual bool deliver(const SharedBytes& bytes, Sequence through) = 0;
    /// Writes what was found for it alone; `all` may be empty. `gap`, unless empty, says what is gone for
    /// good in front of these. False: it gets nothing any more, for now at least.
    virtual bool deliver_found(std::span<const Told> all, Sequence through, std::string_view gap) = 0;
    /// Whether it leaves so much unread that it had better read at its own pace.
    virtual bool falls_behind() const { return false; }
    /// Calls when everything is written; at once when nothing waits.
    virtual void when_written(std::function<void()> call) = 0;

    /// Its deadline has passed.
    virtual void timed_out() {}
    /// None of its tokens is in force any more.
    virtual void refused() = 0;
    virtual void failed(std::string_view why) = 0;
    virtual void stop() = 0;

    void subscriptions_changed() final;

  protected:
    using SteadyTime = std::chrono::steady_clock::time_point;
    void set_deadline(SteadyTime deadline) { deadline_ = deadline; }
    LiveSessions& live() const { return live_; }

  private:
    friend class LiveSessions;
    using Member = std::shared_ptr<SessionReader>;

    LiveSessions& live_;
    const Transport transport_;
    const std::string peer_;
    StringMap<std::shared_ptr<Listening>> listening_;  // token → that it listens under it; empty: no audit
    std::vector<Covered> covered_;                     // while it reads for itself
    std::vector<Audience<Member>::Place> places_;      // in the audience; one a token, in their order
    std::list<Member>::iterator member_;
    SteadyTime deadline_{};      // none when zero
    Sequence after_ = 0;         // everything up to here was written, or is nothing for it
    std::string gap_;            // what it has to be told is gone
    std::uint32_t round_ = 0;    // counts its beginnings: what was looked for before is not wanted any more
    std::uint32_t touched_ = 0;  // scratch: in how many groups it stands that get something now
    bool joined_ = false;
};

}  // namespace callboard
