#include "event/masking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

#include "event/json.hpp"

namespace callboard {
namespace {

using testing::HasSubstr;
using testing::Not;

const Directory& ours() {
    static const Directory all(
        {{"office", "Office"}},
        {{"office", "0033972000001", "Alice", ServiceType::sip_line, 2, "1", {"1001", "alice"}},
         {"office", "0033972000002", "Support", ServiceType::easy_hunting, 1, "2", {"801"}}});
    return all;
}
Masking masking() { return Masking(&ours()); }

TEST(MaskedSearch, ShowsNumbersMaskedAndOfNamesThatThereWasOne) {
    EXPECT_EQ(masked_search("06 12 34 56 78"), "06 12 ** ** 78");
    EXPECT_EQ(masked_search("0033612345678,Dupont, Jean,+33698765432,"), "0033612****78,…,…,+33698****32,");
    EXPECT_EQ(masked_search("Dupont 0612345678"), "…");
    EXPECT_EQ(masked_search(""), "");
}

TEST(MaskedNumber, HidesFourDigitsBeforeTheLastTwo) {
    EXPECT_EQ(masked_number("0033612345678"), "0033612****78");
    EXPECT_EQ(masked_number("+33612345678"), "+33612****78");
    EXPECT_EQ(masked_number("0612345678"), "0612****78");
    EXPECT_EQ(masked_number("06 12 34 56 78"), "06 12 ** ** 78");
    EXPECT_EQ(masked_number("0033 6 12 34 56 78"), "0033 6 12 ** ** 78");
    EXPECT_EQ(masked_number("1234567"), "1****67");
}

TEST(MaskedNumber, SeveralInARowShowNoneOfThem) {
    EXPECT_EQ(masked_number("06123456780698765432"), "******************32");
    EXPECT_EQ(masked_number("0612345678 0698765432"), "********** ********32");
}

TEST(MaskedNumber, KeepsFirstAndLastOfAShortOne) {
    EXPECT_EQ(masked_number("123456"), "1****6");
    EXPECT_EQ(masked_number("3611"), "3**1");
    EXPECT_EQ(masked_number("112"), "1*2");
    EXPECT_EQ(masked_number("18"), "**");
    EXPECT_EQ(masked_number("7"), "*");
    EXPECT_EQ(masked_number(""), "");
}

TEST(Masking, WhoIsOursStays) {
    for (const char* party : {"0033972000001", "0033972000002", "+33972000001", "0972000001", "1001", "alice",
                              "801", "", "anonymous"})
        EXPECT_EQ(masking().party(party), party);
    EXPECT_EQ(Masking(nullptr).party("0033972000001"), "0033972****01") << "nobody is ours";
}

TEST(Masking, StrangersAreMasked) {
    EXPECT_EQ(masking().party("0033612345678"), "0033612****78");
    EXPECT_EQ(masking().party("0049972000001"), "0049972****01") << "ends like ours, in another country";
    EXPECT_EQ(masking().party("1002"), "1**2");
    EXPECT_EQ(masking().party("jean.dupont"), "anonymous");
    EXPECT_EQ(masking().party("sip:0612345678@example.com"), "anonymous");
}

TEST(Masking, NumbersInTextsAreMasked) {
    const auto text = [](std::string_view plain) { return masking().text(plain); };
    EXPECT_EQ(text("INVITE sip:+33612345678@10.0.0.1 SIP/2.0"), "INVITE sip:+33612****78@10.0.0.1 SIP/2.0");
    EXPECT_EQ(text("INVITE sip:0033612345678@pbx SIP/2.0"), "INVITE sip:0033612****78@pbx SIP/2.0");
    EXPECT_EQ(text("INVITE sip:3611@pbx SIP/2.0"), "INVITE sip:3**1@pbx SIP/2.0");
    EXPECT_EQ(text("INVITE sip:17@pbx SIP/2.0"), "INVITE sip:**@pbx SIP/2.0");
    EXPECT_EQ(text("INVITE SIPS:jean.dupont@pbx SIP/2.0"), "INVITE SIPS:anonymous@pbx SIP/2.0");
    EXPECT_EQ(text("INVITE sip:%2B33612345678@pbx SIP/2.0"), "INVITE sip:anonymous@pbx SIP/2.0");
    EXPECT_EQ(text("INVITE tel:+33-6-12-34-56-78;x=y SIP/2.0"), "INVITE tel:+33-6-12-**-**-78;x=y SIP/2.0");
    EXPECT_EQ(text("moved to 06 12 34 56 78, busy"), "moved to 06 12 ** ** 78, busy");
    EXPECT_EQ(text("called +33 (0)6 12 34 56 78"), "called +33 (0)6 12 ** ** 78");
    EXPECT_EQ(text("0612345678 0033972000001"), "0612****78 0033972000001");
    EXPECT_EQ(text("0612345678, 06 98 76 54 32"), "0612****78, 06 98 ** ** 32");
    EXPECT_EQ(text("06 12 34 56 78 06 98 76 54 32"), "** ** ** ** ** ** ** ** ** **");
    EXPECT_EQ(text("486 0612345678"), "486 0612****78");
    EXPECT_EQ(text("ask 12 3611"), "ask 12 3**1") << "short ones with something between are not one";
}

/// Each of these would be looked through once for each of its characters, if a text were.
TEST(Masking, LongTextsOfStrangersTakeNoLongerThanTheyAreLong) {
    for (const std::string piece : {"sip:", "1 ", "1", "(", "tel:1", "sip:a.", "0 1234567 "}) {
        std::string text;
        while (text.size() < 1'000'000) text += piece;
        text += "12345678";
        const std::string masked = masking().text(text);
        EXPECT_EQ(masked.find("1234567"), std::string::npos) << piece;
        EXPECT_TRUE(masking().text(masked) == masked) << piece;
        EXPECT_EQ(masking().identifier(text).size(), text.size());
    }
}

TEST(Masking, TextsWithoutStrangersStay) {
    for (const char* plain :
         {"SIP/2.0 180 Ringing", "486 Busy Here", "Q.850;cause=16", "Call completed elsewhere", "102 INVITE",
          "INVITE sip:alice@10.0.0.1 SIP/2.0", "INVITE sip:0033972000001@pbx SIP/2.0",
          "INVITE sip:0972000001@pbx SIP/2.0", "REGISTER sip:pbx.example SIP/2.0", "", "sip:", "tel:"})
        EXPECT_EQ(masking().text(plain), plain);
}

TEST(Masking, AnIdentifierStaysUnlessANumberIsInIt) {
    for (const char* plain :
         {"a84b4c76e66710@pc33.example", "1780000000.4242", "6b0c0e0a-0000-4000-8000-000000000002",
          "6b0c0e0a-0000-4000-8000-0123456789ab", "3848276298220188511@pbx", "0033972000001-17@pbx", "1", ""})
        EXPECT_EQ(masking().identifier(plain), plain);
    EXPECT_EQ(masking().identifier("0612345678-17@pbx"), "0612****78-17@pbx");
    EXPECT_EQ(masking().identifier("to+33612345678@pbx"), "to+33612****78@pbx");
    EXPECT_EQ(masking().identifier("x/0033612345678"), "x/0033612****78");
}

Record line_record() {
    Event event;
    event.name = "start_ringing";
    event.ressource = "0033972000001";
    LineData data;
    data.billing = data.called = data.dialed = "0033972000001";
    data.calling = "0033612345678";
    data.body = "INVITE sip:0612345678@pbx SIP/2.0";
    data.call_id = "0612345678@pbx";
    data.cseq = "102 INVITE";
    data.relevant_info = "forwarded by +33 6 12 34 56 78";
    event.data = data;
    event.extra = R"("CallingName":"Jean Dupont","Ticket":612345678)";
    return record_of(event, ours().services().front(), time_from_nanoseconds(5), TimeZone::utc());
}

TEST(Masking, OfALineEventOnlyWhatIsKnownIsLeft) {
    const Record plain = line_record();
    const Record masked = masking().record(plain, TimeZone::utc());
    EXPECT_EQ(masked.data, R"({"Billing":"0033972000001","Body":"INVITE sip:0612****78@pbx SIP/2.0",)"
                           R"("CallId":"0612****78@pbx","Called":"0033972000001","Calling":"0033612****78",)"
                           R"("Cseq":"102 INVITE","Datetime":"1970-01-01 00:00:00","Dialed":"0033972000001",)"
                           R"("Event":"start_ringing","Protocol":"sip",)"
                           R"("RelevantInfo":"forwarded by +33 6 12 ** ** 78","Ts":"0.000","TsGet":0})");
    EXPECT_EQ(masked.details, plain.details);
    EXPECT_EQ(masked.ressource, plain.ressource);
    EXPECT_EQ(masking().record(masked, TimeZone::utc()), masked) << "done twice";
}

TEST(Masking, OfAQueueEventNamesAndUnknownMembersVanish) {
    Event event;
    event.name = "member-queue-end";
    event.protocol = Protocol::queues;
    event.ressource = "0033972000002";
    QueueData data;
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"Action", "member-queue-end"},
             {"Agent", "0033972000001"},
             {"Calling", "0033612345678"},
             {"CustomerName", "Jean Dupont"},
             {"Queue", "0033972000002"},
             {"QueueAgent", "agent_0033972000001_4242"},
             {"QueueAgentCalledTime", "1780000015"},
             {"QueueAgentContact", "sofia/gateway/x/0612345678"},
             {"QueueMemberCIDName", "+33612345678"},
             {"QueueMemberCIDNumber", "0612345678"},
             {"QueueMemberJoinedTime", "1780000000"},
             {"QueueMemberUUID", "6b0c0e0a-0000-4000-8000-000000000003"},
             {"Ts", "1780000100"}})
        data.set(name, value);
    event.data = data;
    event.extra = R"("customer":{"phone":"0612345678"})";
    const Record masked = masking().record(
        record_of(event, ours().services().back(), time_from_nanoseconds(5), TimeZone::utc()),
        TimeZone::utc());
    EXPECT_EQ(masked.data,
              R"({"Action":"member-queue-end","Agent":"0033972000001","Calling":"0033612****78",)"
              R"("Queue":"0033972000002","QueueAgent":"agent_0033972000001_4242",)"
              R"("QueueAgentCalledTime":"1780000015","QueueAgentContact":"sofia/gateway/x/0612****78",)"
              R"("QueueMemberCIDName":"","QueueMemberCIDNumber":"0612****78",)"
              R"("QueueMemberJoinedTime":"1780000000",)"
              R"("QueueMemberUUID":"6b0c0e0a-0000-4000-8000-000000000003","Ts":"1780000100"})");
}

TEST(Masking, OfAnEventThatCannotBeReadNothingIsShown) {
    Record damaged = line_record();
    damaged.data = R"({"Calling":"0033612345678")";
    EXPECT_EQ(masking().record(damaged, TimeZone::utc()).data, "{}");
}

rc::Gen<std::string> digits(int least, int most) {
    return rc::gen::mapcat(rc::gen::inRange(least, most + 1), [](int count) {
        return rc::gen::container<std::string>(static_cast<std::size_t>(count),
                                               rc::gen::inRange('0', static_cast<char>('9' + 1)));
    });
}

RC_GTEST_PROP(MaskedNumber, ShowsNoneOfTheHiddenDigitsAndIsDoneOnce, ()) {
    const std::string number = *digits(0, 20);
    const std::string masked = masked_number(number);
    RC_ASSERT(masked.size() == number.size());
    RC_ASSERT(masked_number(masked) == masked);
    const std::size_t shown = number.size() > 17   ? 2
                              : number.size() >= 7 ? number.size() - 4
                              : number.size() > 2  ? 2
                                                   : 0;
    RC_ASSERT(static_cast<std::size_t>(std::count(masked.begin(), masked.end(), '*')) ==
              number.size() - shown);
    for (std::size_t i = 0; i < number.size(); ++i) RC_ASSERT(masked[i] == '*' || masked[i] == number[i]);
    if (number.size() >= 7) RC_ASSERT(masked.substr(number.size() - 6, 4) == "****");
}

RC_GTEST_PROP(Masking, AStrangersNumberIsInNoTextHoweverItIsWritten, ()) {
    const std::string local = "6" + *digits(8, 8);
    const std::string spaced = local.substr(0, 1) + " " + local.substr(1, 2) + " " + local.substr(3, 2) +
                               " " + local.substr(5, 2) + " " + local.substr(7);
    const std::string number =
        *rc::gen::element<std::string>("0033" + local, "+33" + local, "0" + local, "0" + spaced,
                                       "+33 (0)" + spaced, "00.33." + local, local);
    const std::string text =
        *rc::gen::element<std::string>("INVITE sip:", "tel:", "<SIP:", "to ", "sip:x@y ", "") + number +
        *rc::gen::element<std::string>("@10.0.0.1 SIP/2.0", ";user=phone", " busy", "");
    const std::string masked = masking().text(text);
    std::string bare;
    std::copy_if(masked.begin(), masked.end(), std::back_inserter(bare),
                 [](char c) { return std::string_view(" .-()").find(c) == std::string_view::npos; });
    RC_ASSERT(bare.find(local) == std::string::npos);
    RC_ASSERT(bare.find(local.substr(1)) == std::string::npos);
    RC_ASSERT(masking().text(masked) == masked);
}

/// Whatever strangers send.
RC_GTEST_PROP(Masking, DoneTwiceChangesNothing, ()) {
    static const std::vector<std::string> kPieces = {"0033612345678",
                                                     "06",
                                                     "12",
                                                     "3611",
                                                     "sip:",
                                                     "tel:",
                                                     "sips:",
                                                     "@",
                                                     "+",
                                                     " ",
                                                     ".",
                                                     "-",
                                                     "(",
                                                     ")",
                                                     ";",
                                                     "*",
                                                     "#",
                                                     "alice",
                                                     "anonymous",
                                                     "x",
                                                     "180",
                                                     "é",
                                                     "0033972000001",
                                                     "801",
                                                     "/",
                                                     ":",
                                                     "%2B",
                                                     "<",
                                                     ">",
                                                     "\"",
                                                     "0"};
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces));
    std::string text;
    for (const auto& piece : pieces) text += piece;
    const std::string once = masking().text(text), id = masking().identifier(text),
                      party = masking().party(text);
    RC_ASSERT(masking().text(once) == once);
    RC_ASSERT(masking().identifier(id) == id);
    RC_ASSERT(masking().party(party) == party);
}

}  // namespace
}  // namespace callboard
