#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace callboard {

/// One message of FreeSWITCH's event socket (mod_event_socket): a block of headers, an empty line, and as
/// many bytes as Content-Length says.
struct EslFrame {
    std::string content_type;  ///< `auth/request`, `command/reply`, `api/response`, `text/event-plain` …
    std::string reply;         ///< Reply-Text, `+OK accepted`
    std::string body;
};

/// Cuts the stream of an event socket into frames, however its bytes are split. Bounded. One thread.
class EslReader {
  public:
    /// Appends what came. False when the stream is broken: what follows cannot be understood any more.
    bool take(std::string_view bytes);
    /// The next whole frame; nothing when more bytes are needed, or the stream is broken.
    std::optional<EslFrame> next();

    /// Why the stream is broken, in a sentence; empty while it is whole.
    const std::string& broken() const { return broken_; }

    static constexpr std::size_t kLargestHeader = 64 << 10;
    static constexpr std::size_t kLargestBody = 32 << 20;  ///< a list of some 20,000 channels

  private:
    bool read_header(std::string_view block);
    std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
    void shrink();

    std::string buffer_;
    std::size_t at_ = 0;             // of the first byte that was not taken
    std::size_t searched_ = 0;       // behind at_: no empty line before
    std::optional<EslFrame> begun_;  // its header was read
    std::size_t length_ = 0;         // of its body
    std::string broken_;
};

}  // namespace callboard
