#pragma once

#include "hub/hub.hpp"
#include "sources/event_sink.hpp"

namespace callboard {

/// Where finished events come in, from a source that waits until they are safe.
class EventIntake final : public EventSink {
  public:
    /// `hub` must outlive this.
    explicit EventIntake(Hub& hub) : hub_(hub) {}

    std::shared_ptr<const Directory> directory() const override { return hub_.directory(); }
    Result<void> keep(std::vector<Event> events, Time collected) override;
    Sequence last() const override { return hub_.last(); }
    Result<void> read(Sequence after, const std::function<void(const Record&)>& take) const override;
    std::string data_of(const Event& event) const override;

  private:
    Hub& hub_;
};

}  // namespace callboard
