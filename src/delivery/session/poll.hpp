#pragma once

#include "delivery/session/live_sessions.hpp"
#include "delivery/session/session_reader.hpp"
#include "net/http.hpp"

namespace callboard {

/// `GET /v2/session/{id}/events/poll`: answered once. The receipt of an answer with events tells the next
/// client of the session whether to send them again.
class Poll final : public SessionReader {
  public:
    Poll(LiveSessions& live, Exchange exchange, std::string_view peer, std::chrono::milliseconds timeout);

    /// Begins; answers now or later.
    void begin(std::string_view id);

    SharedBytes bytes(std::span<const Told> all) const override;
    bool deliver(const SharedBytes& bytes, Sequence through) override;
    bool deliver_found(std::span<const Told> all, Sequence through, std::string_view gap) override;
    void when_written(std::function<void()> call) override { call(); }
    void timed_out() override;
    void refused() override;
    void failed(std::string_view why) override;
    void stop() override { timed_out(); }
    void taken_over() override;
    void session_removed() override;

  private:
    void finish(const HttpResponse& response);
    void leave();

    Exchange exchange_;
};

}  // namespace callboard
