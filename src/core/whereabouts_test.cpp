#include "core/whereabouts.hpp"

#include <gtest/gtest.h>

#include <string>

namespace callboard {
namespace {

using namespace std::chrono_literals;

SipEndpoint host(unsigned number, std::uint16_t port = 5060) {
    SipEndpoint endpoint;
    endpoint.address[12] = 10;
    endpoint.address[13] = static_cast<std::uint8_t>(number >> 16);
    endpoint.address[14] = static_cast<std::uint8_t>(number >> 8);
    endpoint.address[15] = static_cast<std::uint8_t>(number);
    endpoint.port = port;
    return endpoint;
}
SipUri uri(std::string_view user, std::string_view at, std::uint16_t port = 0,
           std::string_view parameters = {}) {
    SipUri made;
    made.user = user;
    made.host = at;
    made.port = port;
    made.parameters = parameters;
    return made;
}

class Places : public testing::Test {
  protected:
    void seen(SipEndpoint from, SipEndpoint to, std::uint16_t vias = 1, bool request = true,
              SipMethod method = SipMethod::invite, std::uint32_t mirror = 7) {
        SipMessage message;
        message.source = from;
        message.destination = to;
        message.via_count = vias;
        message.request = request;
        message.method = method;
        message.capture_id = mirror;
        places_.see(message);
    }
    bool is_phone(SipEndpoint endpoint, std::uint32_t mirror = 1) {
        return places_.is_phone_of("bob", endpoint, mirror);
    }
    Whereabouts places_;
    const Time now_ = time_from_nanoseconds(1'780'000'000'000'000'000);
};

TEST_F(Places, who_passes_requests_on_is_a_server) {
    EXPECT_TRUE(is_phone(host(9)));
    seen(host(9), host(2), 2);
    EXPECT_FALSE(is_phone(host(9)));
    EXPECT_TRUE(is_phone(host(2)));
}

TEST_F(Places, whom_responses_with_two_vias_go_to_is_a_server) {
    seen(host(2), host(9), 2, false);
    EXPECT_FALSE(is_phone(host(9)));
    EXPECT_TRUE(is_phone(host(2)));
}

TEST_F(Places, who_is_sent_registers_is_a_server) {
    seen(host(2), host(9), 1, true, SipMethod::register_);
    EXPECT_FALSE(is_phone(host(9)));
    EXPECT_TRUE(is_phone(host(2)));
}

TEST_F(Places, who_is_at_one_end_of_all_that_a_mirror_shows_is_a_server) {
    seen(host(2), host(9));
    EXPECT_TRUE(is_phone(host(9), 7)) << "of one conversation either could be";
    seen(host(9), host(3));
    EXPECT_FALSE(is_phone(host(9), 7));
    EXPECT_TRUE(is_phone(host(9), 8)) << "another mirror may stand elsewhere";
    seen(host(4), host(5));
    EXPECT_TRUE(is_phone(host(9), 7)) << "the mirror shows others as well: it proves nothing";
}

TEST_F(Places, a_registered_line_is_where_it_registered) {
    places_.bind("bob", host(2, 5062), "sip:bob@192.168.1.2:5062", now_ + 1h);
    EXPECT_TRUE(is_phone(host(2, 5062)));
    EXPECT_TRUE(is_phone(host(2, 40'000))) << "the port may differ";
    EXPECT_FALSE(is_phone(host(3)));
    places_.unbind("bob", "sip:bob@192.168.1.2:5062");
    EXPECT_TRUE(is_phone(host(3))) << "anywhere, again";
}

TEST_F(Places, contacts_lead_to_their_line) {
    places_.bind("bob", host(2), "sip:bob@192.168.1.2;transport=tcp", now_ + 1h);
    places_.bind("carol", host(3), "sip:x7f@192.168.1.2:5070", now_ + 1h);
    EXPECT_EQ(places_.line_at(uri("bob", "192.168.1.2")), "bob");
    EXPECT_EQ(places_.line_at(uri("bob", "192.168.1.2", 5060, ";ob")), "bob") << "5060 is what is meant";
    EXPECT_EQ(places_.line_at(uri("x7f", "192.168.1.2", 5070)), "carol");
    EXPECT_EQ(places_.line_at(uri("x7f", "192.168.1.2")), "");
    EXPECT_EQ(places_.line_at(uri("bob", "192.168.1.3")), "");
}

TEST_F(Places, bindings_lapse_one_by_one) {
    places_.bind("bob", host(2), "sip:bob@a", now_ + 10s);
    places_.bind("bob", host(3), "sip:bob@b", now_ + 20s);
    EXPECT_TRUE(places_.is_bound("bob", now_));
    EXPECT_FALSE(places_.lapse("bob", now_ + 10s)) << "one is left";
    EXPECT_EQ(places_.line_at(uri("bob", "a")), "");
    EXPECT_EQ(places_.line_at(uri("bob", "b")), "bob");
    EXPECT_TRUE(places_.lapse("bob", now_ + 20s));
    EXPECT_FALSE(places_.lapse("bob", now_ + 30s)) << "told once";
    EXPECT_FALSE(places_.is_bound("bob", now_ + 30s));
    EXPECT_FALSE(places_.lapse("nobody", now_));
}

TEST_F(Places, a_refresh_moves_the_phone) {
    places_.bind("bob", host(2), "sip:bob@a", now_ + 10s);
    places_.bind("bob", host(4), "sip:bob@a", now_ + 20s);
    EXPECT_FALSE(is_phone(host(2)));
    EXPECT_TRUE(is_phone(host(4)));
    EXPECT_TRUE(places_.is_bound("bob", now_ + 15s));
}

TEST_F(Places, one_line_has_a_bounded_number_of_devices) {
    for (unsigned i = 0; i < 3 * Whereabouts::kMostBindings; ++i)
        places_.bind("bob", host(100 + i), "sip:bob@host" + std::to_string(i), now_ + 1h);
    EXPECT_FALSE(is_phone(host(100))) << "the oldest gave way";
    EXPECT_EQ(places_.line_at(uri("bob", "host0")), "");
    EXPECT_TRUE(is_phone(host(100 + 3 * Whereabouts::kMostBindings - 1)));
    places_.unbind_all("bob");
    EXPECT_FALSE(places_.is_bound("bob", now_));
}

TEST_F(Places, servers_are_bounded) {
    for (unsigned i = 0; i < Whereabouts::kMostServers + 1; ++i) seen(host(10 + i), host(2), 2);
    EXPECT_TRUE(is_phone(host(10))) << "the first was forgotten";
    EXPECT_FALSE(is_phone(host(11)));
}

TEST_F(Places, an_address_that_was_not_captured_is_nobodys) {
    seen(SipEndpoint{}, SipEndpoint{}, 2);
    EXPECT_TRUE(is_phone(host(2)));
}

}  // namespace
}  // namespace callboard
