#include "sources/asterisk/asterisk_registrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using testing::ami;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = ExchangeSignalKind;

class AsteriskRegistrationsTest : public ::testing::Test {
  protected:
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (const auto& signal : std::exchange(signals_, {}))
            all.push_back((signal.kind == Kind::registered     ? "registered "
                           : signal.kind == Kind::unregistered ? "unregistered "
                                                               : "listed ") +
                          signal.channel.device +
                          (signal.channel.sip_call_id.empty() ? "" : " " + signal.channel.sip_call_id) +
                          (signal.cause.empty() ? "" : " (" + signal.cause + ")"));
        return all;
    }
    std::vector<std::string> contact(const std::string& status, const std::string& device,
                                     const std::string& uri) {
        registrations_.on_event(ami("Event: ContactStatus\nURI: " + uri + "\nContactStatus: " + status +
                                    "\nAOR: " + device + "\nEndpointName: " + device),
                                {}, signals_);
        return told();
    }
    std::vector<std::string> peer(const std::string& status, const std::string& peer,
                                  const std::string& more = "") {
        registrations_.on_event(ami("Event: PeerStatus\nChannelType: " + peer.substr(0, peer.find('/')) +
                                    "\nPeer: " + peer + "\nPeerStatus: " + status + more),
                                {}, signals_);
        return told();
    }
    void listed(const std::string& device, const std::string& uri, const std::string& expires,
                const std::string& call_id) {
        registrations_.on_listed(
            ami("Event: ContactList\nObjectName: " + device + ";@6d73\nEndpoint: " + device +
                "\nUri: " + uri + "\nExpirationTime: " + expires + "\nCallId: " + call_id),
            {}, signals_);
    }
    std::vector<std::string> end(bool whole = true) {
        registrations_.on_snapshot_ends(whole, {}, signals_);
        return told();
    }

    AsteriskRegistrations registrations_;
    std::vector<ExchangeSignal> signals_;
};

TEST_F(AsteriskRegistrationsTest, ANewContactIsARegistration) {
    EXPECT_THAT(contact("NonQualified", "101", "sip:101@10.0.0.1"), ElementsAre("registered 101"));
    EXPECT_THAT(contact("Reachable", "101", "sip:101@10.0.0.1"), IsEmpty());
    EXPECT_THAT(contact("Unreachable", "101", "sip:101@10.0.0.1"), IsEmpty());
    EXPECT_THAT(contact("Reachable", "101", "sip:101@10.0.0.1"), IsEmpty()) << "answers again";
    EXPECT_THAT(contact("NonQualified", "101", "sip:101@10.0.0.1"), IsEmpty()) << "known";
    EXPECT_THAT(contact("Updated", "101", "sip:101@10.0.0.1"), ElementsAre("registered 101"));
    EXPECT_THAT(contact("Created", "102", "sip:102@10.0.0.2"), ElementsAre("registered 102"))
        << "Asterisk 13 to 15";
}

TEST_F(AsteriskRegistrationsTest, AContactThatWasThereIsNoRegistration) {
    EXPECT_THAT(contact("Reachable", "101", "sip:101@10.0.0.1"), IsEmpty());
    EXPECT_THAT(contact("NonQualified", "101", "sip:101@10.0.0.1"), IsEmpty());
}

TEST_F(AsteriskRegistrationsTest, TheLastContactEndsIt) {
    contact("NonQualified", "101", "sip:101@10.0.0.1");
    EXPECT_THAT(contact("NonQualified", "101", "sip:101@10.0.0.9"), ElementsAre("registered 101"))
        << "a second phone";
    EXPECT_THAT(contact("Removed", "101", "sip:101@10.0.0.1"), IsEmpty());
    EXPECT_THAT(contact("Removed", "101", "sip:101@10.0.0.9"), ElementsAre("unregistered 101"));
    EXPECT_THAT(contact("NonQualified", "101", "sip:101@10.0.0.1"), ElementsAre("registered 101"));
}

TEST_F(AsteriskRegistrationsTest, PeersOfChanSipRegisterAndLapse) {
    EXPECT_THAT(peer("Registered", "SIP/101"), ElementsAre("registered 101"));
    EXPECT_THAT(peer("Registered", "SIP/101"), ElementsAre("registered 101")) << "a refresh";
    EXPECT_THAT(peer("Reachable", "SIP/101"), IsEmpty());
    EXPECT_THAT(peer("Unregistered", "SIP/101", "\nCause: Expired"),
                ElementsAre("unregistered 101 (Expired)"));
    EXPECT_THAT(peer("Reachable", "PJSIP/102"), IsEmpty()) << "ContactStatus says more";
}

TEST_F(AsteriskRegistrationsTest, AListShowsWhoIsRegisteredAndTheNextWhoRefreshed) {
    registrations_.on_snapshot_begins();
    listed("101", "sip:101@10.0.0.1", "1795393515", "reg-1");
    EXPECT_THAT(told(), ElementsAre("listed 101 reg-1"));
    EXPECT_THAT(end(), IsEmpty());
    registrations_.on_snapshot_begins();
    listed("101", "sip:101@10.0.0.1", "1795393515", "reg-1");
    EXPECT_THAT(told(), ElementsAre("listed 101 reg-1"));
    EXPECT_THAT(end(), IsEmpty());
    registrations_.on_snapshot_begins();
    listed("101", "sip:101@10.0.0.1", "1795397115", "reg-1");
    listed("102", "sip:102@10.0.0.2", "1795397115", "reg-2");
    EXPECT_THAT(told(), ElementsAre("registered 101 reg-1", "registered 102 reg-2"))
        << "a refresh, and a missed one";
    EXPECT_THAT(end(), IsEmpty());
}

TEST_F(AsteriskRegistrationsTest, AWholeListEndsWhatItDoesNotHave) {
    contact("NonQualified", "101", "sip:101@10.0.0.1");
    contact("NonQualified", "102", "sip:102@10.0.0.2");
    peer("Registered", "SIP/103");
    peer("Registered", "IAX2/104");
    registrations_.on_snapshot_begins();
    EXPECT_THAT(end(), IsEmpty()) << "an empty list may be a forbidden one";
    registrations_.on_snapshot_begins();
    listed("101", "sip:101@10.0.0.1", "1795393515", "");
    told();
    EXPECT_THAT(end(false), IsEmpty()) << "half a list";
    registrations_.on_snapshot_begins();
    listed("101", "sip:101@10.0.0.1", "1795393515", "");
    contact("NonQualified", "105", "sip:105@10.0.0.5");
    told();
    EXPECT_THAT(end(), ElementsAre("unregistered 102"))
        << "peers of chan_sip and IAX2 are in no list of contacts";
}

TEST_F(AsteriskRegistrationsTest, APeerOfChanSipIsListedWhenItHasAnAddress) {
    registrations_.on_snapshot_begins();
    for (const char* peer : {"ObjectName: 103\nDynamic: yes\nIPaddress: 10.0.0.3",
                             "ObjectName: 104\nDynamic: yes\nIPaddress: -none-",
                             "ObjectName: trunk\nDynamic: no\nIPaddress: 10.0.0.4"})
        registrations_.on_listed(ami("Event: PeerEntry\nChanneltype: SIP\n" + std::string(peer)), {},
                                 signals_);
    EXPECT_THAT(told(), ElementsAre("listed 103"));
}

TEST_F(AsteriskRegistrationsTest, EventsWithoutTheirFieldsTellNothing) {
    for (const char* event : {"ContactStatus", "PeerStatus", "ContactList", "PeerEntry", ""}) {
        registrations_.on_event(ami("Event: " + std::string(event)), {}, signals_);
        registrations_.on_listed(ami("Event: " + std::string(event)), {}, signals_);
    }
    EXPECT_THAT(told(), IsEmpty());
}

}  // namespace
}  // namespace callboard
