#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/exchange_script.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace callboard {

/// The side of an exchange in a conversation over its own interface: lets anybody in, and answers from a
/// script. No I/O, no clock. One for each connection.
class ExchangeVoice {
  public:
    virtual ~ExchangeVoice() = default;
    /// Before anything was asked.
    virtual std::string greeting() = 0;
    /// What is answered to `bytes`, which may be a part of a command, or several. While it is `talking` it
    /// has no lists, because they would not agree with the recording.
    virtual std::string take(std::string_view bytes, bool talking) = 0;
    /// Whether the other side has asked for a list since the last call of this.
    virtual bool was_listed() = 0;
    /// An event as it goes over the wire.
    virtual std::string event(const std::string& recorded, Duration later, unsigned round) const = 0;

    /// Bytes of one command; a longer one is not understood.
    static constexpr std::size_t kLongestCommand = 64 << 10;
};

/// FreeSWITCH's event socket. `script` must outlive the voice.
std::unique_ptr<ExchangeVoice> freeswitch_voice(const ExchangeScript& script);
/// Asterisk's manager interface.
std::unique_ptr<ExchangeVoice> asterisk_voice(const ExchangeScript& script);

/// An exchange of the demo: listens on a free port of this machine, and says its recorded conversations to
/// the one who connects, for ever, with the times of now. A conversation begins when no list is expected in
/// its midst. It has a thread of its own.
class RecordedExchange {
  public:
    using MakeVoice = std::unique_ptr<ExchangeVoice> (*)(const ExchangeScript& script);
    struct Settings {
        double speed = 1;    ///< times the recorded one; above 0
        unsigned round = 0;  ///< of the first conversation; each has the next
        Duration between = std::chrono::seconds(3);
        Duration list_interval = std::chrono::seconds(60);  ///< how often the other side lists
    };

    /// `clock` must outlive the exchange. Error: the script cannot be read, no port is free.
    static Result<std::unique_ptr<RecordedExchange>> start(std::string_view script, MakeVoice make_voice,
                                                           const Clock& clock, Settings settings);
    ~RecordedExchange();
    RecordedExchange(const RecordedExchange&) = delete;
    RecordedExchange& operator=(const RecordedExchange&) = delete;

    /// `127.0.0.1:40123`.
    const std::string& address() const;

  private:
    class Impl;
    explicit RecordedExchange(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
