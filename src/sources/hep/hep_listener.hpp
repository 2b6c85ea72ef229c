#pragma once

#include <chrono>

namespace callboard {

/// The socket of a HepSource, on the source's reactor. A listener watches its descriptors from its
/// construction on, and hands on what comes to the HepIntake. Of the source's thread once that runs; no
/// member function waits.
class HepListener {
  public:
    virtual ~HepListener() = default;
    /// Called every kTick: close what is silent for too long, go on after a rest.
    virtual void tick() = 0;

    static constexpr std::chrono::milliseconds kTick{50};
};

}  // namespace callboard
