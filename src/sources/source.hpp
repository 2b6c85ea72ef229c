#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/event.hpp"
#include "event/exchange_signal.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// How a source is, for `/readyz`, the snapshot and `callboard_source_up`.
struct SourceHealth {
    std::string name;
    std::string kind;
    bool up = false;
    Time since{};        ///< when it became so
    std::string detail;  ///< one sentence when it is down
};

/// Something real that is listened to. start() and stop() are called by one thread, once each; stop() returns
/// when the source's thread has ended. health() may be called by any thread.
class Source {
  public:
    virtual ~Source() = default;
    /// Error: it can never work like this (port taken, address wrong). What may heal is retried, not reported
    /// here.
    virtual Result<void> start() = 0;
    virtual void stop() = 0;
    virtual SourceHealth health() const = 0;
};

/// Takes what a mirror of SIP saw, on the source's thread.
class SipSink {
  public:
    virtual ~SipSink() = default;
    /// Views in `message` die with the call.
    virtual void on_sip(const SipMessage& message) = 0;
    /// Nothing more to read just now, or a batch is full; at least every 100 ms also in silence: time passes.
    virtual void on_pause(Time now) = 0;
};

/// Takes what an exchange says, on the source's thread.
class ExchangeSink {
  public:
    virtual ~ExchangeSink() = default;
    virtual void on_signal(const ExchangeSignal& signal) = 0;
    /// As SipSink::on_pause(): nothing more to read just now; at least every 100 ms also in silence.
    virtual void on_pause(Time now) = 0;
};

}  // namespace callboard
