#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/socket.hpp"

namespace callboard {

/// A connection to someone else's server, for a thread that has nothing else to do: blocking, with a deadline
/// for every wait, and interrupted when the descriptor `interrupt` becomes readable (an eventfd or signalfd
/// of the caller's, which outlives the stream; -1: never). One thread.
class TcpStream {
  public:
    using milliseconds = std::chrono::milliseconds;
    enum class Outcome { bytes, ended, silent, interrupted };
    struct Read {
        Outcome outcome = Outcome::silent;
        std::string bytes;
    };

    /// `address`: `127.0.0.1:8021`, `pbx.example:8021`. Error `invalid`: the text is no address or its host
    /// is not known; `unavailable`: nobody accepts the connection within `patience`, or it was interrupted.
    static Result<TcpStream> connect(std::string_view address, milliseconds patience, int interrupt);

    /// Sends all of `bytes`. Error `unavailable`: the connection broke, or the other side takes nothing for
    /// `patience`, or it was interrupted.
    Result<void> send(std::string_view bytes, milliseconds patience) const;
    /// What came next; waits up to `patience`, then it is `silent`. After `ended` there is nothing more.
    Read read(milliseconds patience) const;

  private:
    TcpStream(Descriptor socket, int interrupt) : socket_(std::move(socket)), interrupt_(interrupt) {}
    Outcome wait(short events, milliseconds patience) const;

    Descriptor socket_;
    int interrupt_;
};

}  // namespace callboard
