#pragma once

#include <memory>
#include <string_view>

#include "event/sip_message.hpp"

namespace callboard {

/// A SIP message that outlives its datagram: for one that came before the message that explains it. Owns all
/// its bytes.
class KeptMessage {
  public:
    explicit KeptMessage(const SipMessage& message);
    KeptMessage(KeptMessage&&) = default;
    KeptMessage& operator=(KeptMessage&&) = default;
    KeptMessage(const KeptMessage&) = delete;
    KeptMessage& operator=(const KeptMessage&) = delete;

    const SipMessage& message() const { return message_; }

  private:
    std::unique_ptr<char[]> bytes_;
    SipMessage message_;
};

}  // namespace callboard
