#include "api/snapshot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>

namespace callboard {
namespace {

using simdjson::dom::element;
using testing::ElementsAre;
using testing::IsEmpty;

Time at_second(std::int64_t seconds) { return time_from_nanoseconds(seconds * 1'000'000'000); }

const Directory& directory() {
    static const Directory all(
        {{"ba-demo", "Demo"}, {"ba-other", "Other"}},
        {{"ba-demo", "0033972000001", "Accueil", ServiceType::sip_line, 2, "295670", {}},
         {"ba-demo", "0033972000002", "Support", ServiceType::easy_hunting, 1, "1", {}},
         {"ba-other", "0033972000003", "Theirs", ServiceType::sip_line, 1, "2", {}},
         {"ba-demo", "0033972000004", "Caf\xC3\xA9 \"4\"", ServiceType::mgcp_line, 1, "3", {}},
         {"ba-demo", "0033972000005", "Night", ServiceType::cloud_hunting, 1, "4", {}}});
    return all;
}

/// One call that is held on the first line; one caller waits in the first queue.
State busy_state() {
    State state;
    state.began = at_second(1'000);
    state.day_begin = at_second(900);
    state.sequence = 42;
    state.lines["0033972000001"] = {at_second(1'010), LineStatus::held, true, true, {}};
    state.lines["0033972000003"] = {at_second(1'011), LineStatus::ringing, {}, true, {}};
    Call call;
    call.call_id = "a1@pbx";
    call.line = "0033972000001";
    call.status = LineStatus::held;
    call.incoming = true;
    call.calling = "0033612345678";
    call.called = "0033972000001";
    call.dialed = "0033972000002";
    call.started = at_second(1'005);
    call.answered = at_second(1'007);
    call.queue = "0033972000002";
    state.lines[call.line].calls.push_back(call);
    Call theirs = call;
    theirs.call_id = "b2@pbx";
    theirs.line = "0033972000003";
    theirs.status = LineStatus::ringing;
    theirs.answered.reset();
    theirs.queue.reset();
    theirs.incoming = false;
    state.lines[theirs.line].calls.push_back(theirs);
    Queue& queue = state.queues["0033972000002"];
    queue.waiting = {{"u1", "0033611111111", at_second(1'020), "agent_1"},
                     {"u2", "anonymous", at_second(1'021), {}}};
    queue.agents["agent_1"] = {"agent_1", "0033972000001", "Available", "Receiving", at_second(1'022)};
    queue.counters = {5, 3, 0, 2, at_second(30) - Time{}, at_second(25) - Time{}, at_second(900)};
    return state;
}

std::vector<SourceHealth> sources() {
    return {{"sbc", "hep", true, at_second(800), ""},
            {"office", "hep", false, at_second(850), "no packet for 60 s"}};
}

std::string snapshot_of(const State& state, const Grant& grant,
                        const std::vector<SourceHealth>& all = sources()) {
    return snapshot_json(state, directory(), all, grant, "the-cursor", at_second(2'000),
                         [](std::string_view line) {
                             return line == "0033972000001" ? std::vector<std::string>{"office", "sbc"}
                                                            : std::vector<std::string>{};
                         });
}

/// One member of every object of an array, as text.
std::vector<std::string> each(const std::string& json, std::string_view array, std::string_view member) {
    simdjson::dom::parser parser;
    const element root = parser.parse(json);
    std::vector<std::string> out;
    for (const element one : root[array]) out.push_back(simdjson::to_string(one[member].value()));
    return out;
}

TEST(Snapshot, HasTheShapeOfTheContract) {
    EXPECT_EQ(
        snapshot_of(busy_state(), {"ba-demo", "", {}}),
        R"({"cursor":"the-cursor","time":2000000000000,)"
        R"("lines":[)"
        R"({"number":"0033972000001","description":"Accueil","type":"sipCirpack","state":"held",)"
        R"("since":1010000000000,"calls":1,"simultaneous_lines":2,"registered":true,"source":"sbc","known":true},)"
        R"({"number":"0033972000004","description":"Café \"4\"","type":"mgcpCirpack","state":"unknown",)"
        R"("since":1000000000000,"calls":0,"simultaneous_lines":1,"registered":null,"source":null,"known":false}],)"
        R"("calls":[{"call_id":"a1@pbx","line":"0033972000001","state":"held","direction":"in",)"
        R"("calling":"0033612345678","called":"0033972000001","dialed":"0033972000002",)"
        R"("started":1005000000000,"answered":1007000000000,"held":true,"queue":"0033972000002"}],)"
        R"("queues":[{"number":"0033972000002","description":"Support","type":"easyHunting",)"
        R"("waiting":[{"uuid":"u1","calling":"0033611111111","joined":1020000000000,"position":1,"agent":"agent_1"},)"
        R"({"uuid":"u2","calling":"anonymous","joined":1021000000000,"position":2,"agent":null}],)"
        R"("agents":[{"name":"agent_1","number":"0033972000001","status":"Available","state":"Receiving",)"
        R"("since":1022000000000}],)"
        R"("counters":{"offered":5,"answered":3,"lost":0,"average_wait_s":10.000,"longest_wait_s":25.000,)"
        R"("service_level":0.6667,"since":900000000000}},)"
        R"({"number":"0033972000005","description":"Night","type":"cloudHunting","waiting":[],"agents":[],)"
        R"("counters":{"offered":0,"answered":0,"lost":0,"average_wait_s":0.000,"longest_wait_s":0.000,)"
        R"("service_level":1.0000,"since":900000000000}}],)"
        R"("sources":[{"name":"sbc","kind":"hep","up":true,"since":800000000000},)"
        R"({"name":"office","kind":"hep","up":false,"since":850000000000,"detail":"no packet for 60 s"}]})");
}

TEST(Snapshot, AMaskedGrantSeesNobodyFromOutside) {
    State state = busy_state();
    state.lines["0033972000001"].calls[0].call_id = "0612345678@pbx";
    const Grant masked{"ba-demo", "", {}, {}, true};
    const auto json = snapshot_of(state, masked);
    EXPECT_THAT(each(json, "calls", "calling"), ElementsAre("\"0033612****78\""));
    EXPECT_THAT(each(json, "calls", "called"), ElementsAre("\"0033972000001\""));
    EXPECT_THAT(each(json, "calls", "call_id"), ElementsAre("\"0612****78@pbx\""));
    simdjson::dom::parser parser;
    const element queue = parser.parse(json)["queues"].at(0);
    EXPECT_EQ(std::string_view(queue["waiting"].at(0)["calling"]), "0033611****11");
    EXPECT_EQ(std::string_view(queue["waiting"].at(1)["calling"]), "anonymous");
    EXPECT_EQ(std::string_view(queue["agents"].at(0)["number"]), "0033972000001");
}

TEST(Snapshot, KnowsALineAsLongAsOneOfItsSourcesIsUp) {
    const Grant grant{"ba-demo", "", {}};
    const auto first = [&](bool sbc_up, bool office_up) {
        const auto json = snapshot_of(busy_state(), grant,
                                      {{"sbc", "hep", sbc_up, at_second(1'500), ""},
                                       {"office", "asterisk", office_up, at_second(1'600), ""}});
        std::string all;
        for (const auto* member : {"source", "state", "since", "known"})
            all += each(json, "lines", member).front() + " ";
        return all;
    };
    EXPECT_EQ(first(true, true), "\"sbc\" \"held\" 1010000000000 true ");
    EXPECT_EQ(first(true, false), "\"sbc\" \"held\" 1010000000000 true ");
    EXPECT_EQ(first(false, true), "\"office\" \"held\" 1010000000000 true ");
    EXPECT_EQ(first(false, false), "\"sbc\" \"unknown\" 1500000000000 false ");
}

TEST(Snapshot, NamesTheOnlySourceForEveryLine) {
    const auto json = snapshot_json(busy_state(), directory(), {{"sbc", "hep", false, at_second(1'500), ""}},
                                    {"ba-demo", "", {}}, "c", at_second(2'000));
    EXPECT_THAT(each(json, "lines", "source"), ElementsAre("\"sbc\"", "\"sbc\""));
    EXPECT_THAT(each(json, "lines", "known"), ElementsAre("false", "false"));
    EXPECT_THAT(each(json, "lines", "since"), ElementsAre("1500000000000", "1500000000000"));
}

struct GrantCase {
    const char *name, *account, *service;
    std::vector<std::string> lines, calls, queues;
};

TEST(Snapshot, ShowsWhatTheGrantCoversAndNothingElse) {
    const GrantCase cases[] = {
        {"account",
         "ba-demo",
         "",
         {"0033972000001", "0033972000004"},
         {"a1@pbx"},
         {"0033972000002", "0033972000005"}},
        {"its other account", "ba-other", "", {"0033972000003"}, {"b2@pbx"}, {}},
        {"one line", "ba-demo", "0033972000001", {"0033972000001"}, {"a1@pbx"}, {}},
        {"a silent line", "ba-demo", "0033972000004", {"0033972000004"}, {}, {}},
        {"one queue", "ba-demo", "0033972000002", {}, {}, {"0033972000002"}},
        {"a line of another account", "ba-demo", "0033972000003", {}, {}, {}},
        {"an account that is gone", "ba-old", "", {}, {}, {}},
        {"no account", "", "", {}, {}, {}},
    };
    const auto quoted = [](std::vector<std::string> all) {
        for (auto& one : all) one = '"' + one + '"';
        return all;
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        const auto json = snapshot_of(busy_state(), {c.account, c.service, {}});
        EXPECT_EQ(each(json, "lines", "number"), quoted(c.lines));
        EXPECT_EQ(each(json, "calls", "call_id"), quoted(c.calls));
        EXPECT_EQ(each(json, "queues", "number"), quoted(c.queues));
        EXPECT_THAT(each(json, "sources", "name"), ElementsAre("\"sbc\"", "\"office\""));
    }
}

TEST(Snapshot, OfAnAgentShowsTheAgentAlone) {
    State state = busy_state();
    Queue& queue = state.queues["0033972000002"];
    queue.waiting.push_back({"u3", "0033633333333", at_second(1'023), "agent_0033972000004_2"});
    queue.agents["agent_0033972000004_2"] = {"agent_0033972000004_2", "0033972000004", "Available",
                                             "Receiving", at_second(1'024)};
    for (const char* agent : {"2", "agent_0033972000004_2"}) {
        const auto json = snapshot_of(state, {"ba-demo", "0033972000002", {}, agent});
        EXPECT_THAT(each(json, "queues", "number"), ElementsAre("\"0033972000002\""));
        EXPECT_NE(json.find(R"("waiting":[{"uuid":"u3")"), std::string::npos) << json;
        EXPECT_NE(json.find(R"("position":3)"), std::string::npos) << "its place among all";
        EXPECT_EQ(json.find("u1"), std::string::npos);
        EXPECT_EQ(json.find("anonymous"), std::string::npos);
        EXPECT_NE(json.find(R"("agents":[{"name":"agent_0033972000004_2")"), std::string::npos);
        EXPECT_EQ(json.find("\"agent_1\""), std::string::npos);
    }
    const auto nobody = snapshot_of(state, {"ba-demo", "0033972000002", {}, "77"});
    EXPECT_NE(nobody.find(R"("waiting":[],"agents":[],)"), std::string::npos) << nobody;
}

TEST(Snapshot, ACallOnTheWayOutIsNotAnsweredYet) {
    const auto json = snapshot_of(busy_state(), {"ba-other", "", {}});
    EXPECT_THAT(each(json, "calls", "direction"), ElementsAre("\"out\""));
    EXPECT_THAT(each(json, "calls", "answered"), ElementsAre("null"));
    EXPECT_THAT(each(json, "calls", "queue"), ElementsAre("null"));
    EXPECT_THAT(each(json, "calls", "held"), ElementsAre("false"));
    EXPECT_THAT(each(json, "lines", "registered"), ElementsAre("null"));
}

TEST(Snapshot, OfNothingSeenSaysThatNothingIsKnown) {
    const auto json = snapshot_of(State{}, {"ba-demo", "", {}}, {});
    EXPECT_THAT(each(json, "lines", "state"), ElementsAre("\"unknown\"", "\"unknown\""));
    EXPECT_THAT(each(json, "lines", "since"), ElementsAre("2000000000000", "2000000000000"))
        << "now: 1970 would show as half a century";
    EXPECT_THAT(each(json, "lines", "source"), ElementsAre("null", "null"));
    EXPECT_THAT(each(json, "calls", "line"), IsEmpty());
    EXPECT_THAT(each(json, "sources", "name"), IsEmpty());
}

TEST(Snapshot, IsJsonWhateverTheNamesSay) {
    State state = busy_state();
    Call& call = state.lines.begin()->second.calls.front();
    call.calling = "\"},{\"\n\x01\xFF";
    state.queues["0033972000002"].waiting[0].calling = "\\\"";
    const auto json = snapshot_of(state, {"ba-demo", "", {}}, {{"a\"b", "hep", false, {}, "line\nfeed"}});
    simdjson::dom::parser parser;
    const element root = parser.parse(json);
    const std::string_view calling = root["calls"].at(0)["calling"];
    EXPECT_EQ(calling, "\"},{\"\n\x01\xEF\xBF\xBD");
    const std::string_view name = root["sources"].at(0)["name"];
    EXPECT_EQ(name, "a\"b");
}

TEST(Snapshot, SourcesAloneAreWhatReadinessShows) {
    EXPECT_EQ(sources_json({}), "[]");
    EXPECT_EQ(sources_json({{"sbc", "hep", true, at_second(1), ""}}),
              R"([{"name":"sbc","kind":"hep","up":true,"since":1000000000}])");
}

}  // namespace
}  // namespace callboard
