#pragma once

#include <memory>
#include <string_view>

#include "event/mgcp_message.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// A message that outlives its datagram: for one that came before the message that explains it. Owns all its
/// bytes.
template <typename Message>
class Kept {
  public:
    explicit Kept(const Message& message);
    Kept(Kept&&) = default;
    Kept& operator=(Kept&&) = default;
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

    const Message& message() const { return message_; }

  private:
    std::unique_ptr<char[]> bytes_;
    Message message_;
};

using KeptMessage = Kept<SipMessage>;
using KeptMgcpMessage = Kept<MgcpMessage>;

}  // namespace callboard
