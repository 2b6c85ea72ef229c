#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace callboard {

/// Bytes that are written to any number of clients and made once.
using SharedBytes = std::shared_ptr<const std::string>;

/// Hears what becomes of a stream, on its reactor's thread. Within each of these calls the stream may be
/// destroyed.
class StreamOwner {
  public:
    /// What came in; the view dies with the call.
    virtual void on_bytes(std::string_view bytes) = 0;
    /// The other side sends nothing more; it may still read.
    virtual void on_input_end() = 0;
    /// The connection is gone: nothing is read or written any more. Once, and nothing comes after it.
    virtual void on_broken() = 0;
    /// The kernel has taken all that was written.
    virtual void on_drained() = 0;

  protected:
    ~StreamOwner() = default;
};

/// One TCP connection, in both directions. Made by Reactor::open(), used on that reactor's thread alone;
/// destroying it closes the connection.
class Stream {
  public:
    virtual ~Stream() = default;

    /// Queues bytes. What is written within one turn of the reactor leaves together.
    virtual void write(SharedBytes bytes) = 0;
    /// Bytes written and not yet taken by the kernel.
    virtual std::size_t backlog() const = 0;
    /// Bytes taken by the kernel in all: it stands still when the other side takes nothing.
    virtual std::uint64_t taken() const = 0;
    /// Whether the other side's machine has acknowledged everything that was written.
    virtual bool acknowledged() const = 0;

    /// Off: what the other side sends waits in its kernel. What was read before may still come.
    virtual void read(bool on) = 0;
    /// Tells the other side that nothing more is sent. Precondition: the backlog is empty.
    virtual void end_output() = 0;
};

}  // namespace callboard
