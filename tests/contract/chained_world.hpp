#pragma once

#include <list>
#include <vector>

#include "hub/event_intake.hpp"
#include "sources/ovh/ovh_source.hpp"
#include "tests/contract/world.hpp"

namespace callboard::test {

/// A server that is told nothing but what it reads of another one, with a token for each account. Clients
/// know the second alone; what stop() and crash() do happens to it.
class ChainedWorld : public World {
  public:
    ChainedWorld(OvhSession::Version version, Settings settings);
    ~ChainedWorld() override;

    void start() override;
    void stop() override;
    using World::tell;
    /// Tells the first; returns when they are in the journal of the second.
    void tell(std::vector<Event> events) override;

  private:
    struct Input {
        Input(OvhSource::Settings settings, Hub& hub, const Clock& clock, Metrics& metrics)
            : intake(hub), source(std::move(settings), intake, clock, metrics) {}
        EventIntake intake;
        OvhSource source;
    };
    void connect();

    const OvhSession::Version version_;
    World first_;
    const TemporaryDirectory places_;
    Metrics metrics_;
    std::list<Input> inputs_;
    Sequence due_ = 0;  ///< what the second's journal has to come to
};

template <OvhSession::Version version>
class ChainOf : public ChainedWorld {
  public:
    ChainOf() : ChainOf(Settings{}) {}
    explicit ChainOf(const Settings& settings) : ChainedWorld(version, settings) {}
};

}  // namespace callboard::test
