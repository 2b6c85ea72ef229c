#include "core/kept_message.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "core/sip_conversation_test.hpp"

namespace callboard {
namespace {

TEST(KeptMessage, outlives_its_datagram) {
    auto steps = conversation::ladder(
        "alice > proxy INVITE bob pai=marie rpid=pierre history=desk diversion=carol reason=Q.850;cause=16");
    const SipMessage& original = steps.front().said->message;
    KeptMessage kept(original);
    const std::string call_id(original.call_id), text(original.request_uri.text),
        from(original.from.uri.user), branch(original.via_branch),
        contact(original.contacts.front().address.uri.user);
    // Under the address sanitizer any view left behind would be seen.
    steps.clear();
    const KeptMessage moved = std::move(kept);
    const SipMessage& message = moved.message();
    EXPECT_EQ(message.call_id, call_id);
    EXPECT_EQ(message.request_uri.text, text);
    EXPECT_EQ(message.from.uri.user, from);
    EXPECT_EQ(message.via_branch, branch);
    EXPECT_EQ(message.contacts.front().address.uri.user, contact);
    EXPECT_EQ(message.asserted_identity->uri.user, "0612345678");
    EXPECT_EQ(message.remote_party->uri.user, "+33698765432");
    EXPECT_EQ(message.history_first->uri.user, "8001");
    EXPECT_EQ(message.diversion_last->uri.user, "1003");
    EXPECT_EQ(message.reason, "Q.850;cause=16");
    EXPECT_EQ(message.method, SipMethod::invite);
}

TEST(KeptMessage, keeps_an_empty_one) {
    const KeptMessage kept{SipMessage{}};
    EXPECT_TRUE(kept.message().call_id.empty());
}

}  // namespace
}  // namespace callboard
