// Who calls, who is called, what was dialled: as events name them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

struct Named {
    const char* invite;  // what the INVITE to Bob says besides
    const char* told;
    const char* why;
};

class Names : public testing::TestWithParam<Named> {};

TEST_P(Names, follow_from_the_invite) {
    const auto& [invite, told, why] = GetParam();
    Listener listener;
    listener.hear("gw > proxy INVITE bob " + std::string(invite) + "\nproxy > bob INVITE bob " + invite +
                  "\nbob > proxy 180");
    EXPECT_THAT(listener.told_with_parties(), testing::ElementsAre("bob start_ringing " + std::string(told)))
        << why;
}

INSTANTIATE_TEST_SUITE_P(
    invites, Names,
    testing::Values(Named{"from=marie", "marie > bob (bob)", "From, when nothing is better"},
                    Named{"from=pierre pai=marie", "marie > bob (bob)", "P-Asserted-Identity before From"},
                    Named{"from=pierre rpid=marie", "marie > bob (bob)", "Remote-Party-ID before From"},
                    Named{"from=pierre rpid=pierre pai=marie", "marie > bob (bob)",
                          "P-Asserted-Identity before Remote-Party-ID"},
                    Named{"from=pierre pai=anonymous", "pierre > bob (bob)",
                          "an identity that shows nobody does not count"},
                    Named{"from=alice", "alice > bob (bob)", "an extension is named by its number"},
                    Named{"from=0972000001", "alice > bob (bob)", "a national number"},
                    Named{"from=+33972000001", "alice > bob (bob)", "an international number"},
                    Named{"from=%2B33612345678", "marie > bob (bob)", "an escaped number"},
                    Named{"from=0612345678;isub=12", "marie > bob (bob)", "parameters of the user part"},
                    Named{"from=4711", "4711 > bob (bob)", "an extension of somewhere else stays"},
                    Named{"from=anonymous", "anonymous > bob (bob)", "an anonymous From"},
                    Named{"from=Anonymous", "anonymous > bob (bob)", "in any case of letters"},
                    Named{"from=restricted", "anonymous > bob (bob)", "by another word"},
                    Named{"from=marie private", "anonymous > bob (bob)", "Privacy: id"},
                    Named{"from=anonymous pai=marie", "anonymous > bob (bob)",
                          "an anonymous From beside a clear identity"},
                    Named{"from=anonymous pai=marie private", "anonymous > bob (bob)", "and marked private"},
                    Named{"from=marie rpid=marie rpid_private", "anonymous > bob (bob)",
                          "Remote-Party-ID with privacy"},
                    Named{"from=-", "anonymous > bob (bob)", "no user at all"},
                    Named{"from=marie to=0972000002", "marie > bob (bob)", "a To in national form"},
                    Named{"from=marie history=desk", "marie > bob (desk)", "History-Info"},
                    Named{"from=marie diversion=carol", "marie > bob (carol)", "Diversion"},
                    Named{"from=marie history=desk diversion=carol", "marie > bob (desk)",
                          "History-Info before Diversion"}));

TEST(Parties, a_withheld_number_shows_in_no_event_of_the_call) {
    Listener listener;
    listener.hear(R"(
        gw > proxy  INVITE bob from=anonymous pai=marie private
        proxy > bob INVITE bob from=anonymous pai=marie
        bob > proxy 180
        bob > proxy 200
        bob > proxy BYE
    )");
    ASSERT_EQ(listener.events().size(), 4U);
    for (const auto& event : listener.events()) {
        const auto& data = std::get<LineData>(event.data);
        EXPECT_EQ(data.calling, "anonymous");
        for (const auto* field : {&data.billing, &data.body, &data.called, &data.dialed, &data.relevant_info})
            EXPECT_EQ(field->find("612345678"), std::string::npos);
    }
}

TEST(Parties, a_line_that_hides_its_number_is_still_told_its_own_call) {
    Listener listener;
    listener.hear(R"(
        alice > proxy INVITE bob pai=alice from=anonymous private contact=alice
        proxy > bob   INVITE bob from=anonymous
        bob > proxy   180
        proxy > alice 180
    )");
    EXPECT_THAT(listener.told_with_parties(),
                testing::ElementsAre("bob start_ringing anonymous > bob (bob)",
                                     "alice start_ringing anonymous > bob (bob)"));
}

TEST(Parties, called_is_first_what_was_dialled_then_who_rings_then_who_answers) {
    Listener listener;
    listener.hear(R"(
        alice > proxy INVITE desk
        proxy > alice 183
        proxy > bob   INVITE bob
        proxy > carol INVITE carol
        bob > proxy   180 ttag=t-bob
        carol > proxy 180 ttag=t-carol
        carol > proxy 200 ttag=t-carol
        proxy > alice 200 ttag=t-carol
        carol > proxy BYE ttag=t-carol
    )");
    std::vector<std::string> of_alice;
    for (const auto& text : listener.told_with_parties())
        if (text.starts_with("alice")) of_alice.push_back(text);
    EXPECT_THAT(of_alice, testing::ElementsAre("alice start_ringing alice > desk (desk)",
                                               "alice end_ringing alice > carol (desk)",
                                               "alice start_calling alice > carol (desk)",
                                               "alice end_calling alice > carol (desk)"));
}

TEST(Parties, a_reload_renames_who_comes_next_and_leaves_who_is_talking) {
    Listener listener;
    listener.hear(R"(
        gw > proxy  INVITE bob from=marie
        proxy > bob INVITE bob
        bob > proxy 180
        bob > proxy 200
    )");
    Service other;
    other.account = "town";
    other.number = "0033972000099";
    other.aliases = {"1002"};
    listener.tracker().use(std::make_shared<Directory>(std::vector<Account>{}, std::vector<Service>{other}));
    listener.forget();
    listener.hear(R"(
        gw > proxy    INVITE bob from=marie
        proxy > bob   INVITE bob
        b: gw > proxy  INVITE bob from=pierre
        b: proxy > bob INVITE bob
        b: bob > proxy 180
        bob > proxy    BYE
    )");
    EXPECT_THAT(listener.told_with_parties(),
                testing::ElementsAre("0033972000099 start_ringing pierre > 0033972000099 (0033972000099)",
                                     "bob end_calling marie > bob (bob)"));
}

}  // namespace
}  // namespace callboard::conversation
