#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace callboard {

/// Cuts a byte stream (HEP over TCP) into packets. Only version 3 says how long a packet is, so only version
/// 3 goes over a stream.
///
///     const auto room = stream.room();
///     stream.filled(read(fd, room.data(), room.size()));
///     while (const auto packet = stream.next()) …
///     if (stream.broken()) …  // close the connection
///
/// Takes its memory (64 KiB) with the first room(): a connection that sends nothing costs none.
class HepStream {
  public:
    /// A packet's length has 16 bits; with this much room every packet fits.
    static constexpr std::size_t kCapacity = 65'536;

    /// Where the next bytes belong. Not empty when next() has been called until it had no more.
    std::span<char> room();
    /// So many bytes were put there.
    void filled(std::size_t count) { end_ += count; }
    /// The next whole packet; the view dies with the next room(). Nothing: more bytes are needed, or the
    /// stream is broken.
    std::optional<std::string_view> next();
    /// What came is no HEP3. Packets have no end mark to find the way back by: the connection is to be
    /// closed, and the sender begins anew.
    bool broken() const { return broken_; }
    /// Whether a packet has begun and is not whole.
    bool within_packet() const { return end_ > begin_; }

  private:
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool broken_ = false;
};

}  // namespace callboard
