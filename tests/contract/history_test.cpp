// The history through the real server: events posted as a system of one's own would, read back by every
// route.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <thread>

#include "tests/contract/world.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class HistoryOverHttp : public testing::Test {
  protected:
    HttpAnswer get(const std::string& target, const std::string& token = "ALPHA") {
        return ask("GET", target, token);
    }
    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& token = "ALPHA",
                   const std::string& body = {}) {
        HttpClient client(world_.port());
        const std::string head = "Authorization: Bearer " + token + "\r\n";
        auto answer = method == "POST" ? client.post(target, body, head) : client.ask(method, target, head);
        return answer ? *answer : HttpAnswer{};
    }
    /// Posts a line event as an integrator would, and keeps the time that it was told at.
    void ingest(const std::string& event, const std::string& line, const std::string& call,
                const std::string& calling, const std::string& called, const std::string& info = {}) {
        HttpClient client(world_.port());
        const auto answer = client.post("/api/ingest",
                                        R"([{"event":")" + event + R"(","service":"sip","ressource":")" +
                                            line + R"(","data":{"CallId":")" + call + R"(","Calling":")" +
                                            calling + R"(","Called":")" + called + R"(","Dialed":")" +
                                            called + R"(","RelevantInfo":")" + info + "\"}}]",
                                        "Authorization: Bearer KEY\r\n");
        ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
    }
    void visit(const std::string& event, const std::string& member, const std::string& more = {}) {
        HttpClient client(world_.port());
        const auto answer = client.post(
            "/api/ingest",
            R"([{"event":")" + event + R"(","service":"queues","ressource":")" + World::kQueue +
                R"(","data":{"Action":")" + event + R"(","Queue":")" + World::kQueue +
                R"(","Calling":"0033687654321","QueueMemberUUID":")" + member + "\"" + more + "}}]",
            "Authorization: Bearer KEY\r\n");
        ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
    }
    /// The page once it has this many rows: the history is filled beside the journal.
    HttpAnswer page(const std::string& target, std::size_t rows, const std::string& token = "ALPHA") {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        HttpAnswer answer;
        do {
            answer = get(target, token);
            if (answer.status != 200 || values(answer, "id").size() == rows) break;
            std::this_thread::sleep_for(10ms);
        } while (std::chrono::steady_clock::now() < patience);
        return answer;
    }
    /// Of each row; numbers and null as they are written.
    static std::vector<std::string> values(const HttpAnswer& answer, std::string_view member,
                                           const char* list = "calls") {
        simdjson::dom::parser parser;
        std::vector<std::string> all;
        simdjson::dom::array rows;
        if (parser.parse(answer.body)[list].get(rows) != simdjson::SUCCESS)
            return {"no " + std::string(list)};
        for (const auto row : rows) {
            std::string_view text;
            if (row[member].get(text) == simdjson::SUCCESS)
                all.emplace_back(text);
            else
                all.push_back(simdjson::minify(row[member]));
        }
        return all;
    }
    void some_calls() {
        ingest("start_ringing", World::kAlice, "1", "0612345678", World::kAlice);
        ingest("end_ringing", World::kAlice, "1", "0612345678", World::kAlice, "486 Busy Here");
        ingest("start_ringing", World::kBob, "2", World::kBob, "0612345678");
        ingest("end_ringing", World::kBob, "2", World::kBob, "0612345678");
        ingest("start_calling", World::kBob, "2", World::kBob, "0612345678");
        visit("member-queue-start", "m");
        visit("member-queue-end", "m", R"(,"QueueCause":"Cancel","QueueCancelReason":"NONE")");
        // What came before the last event is in the history then.
        EXPECT_THAT(values(page("/api/calls?kind=queue&outcome=abandoned", 1), "id"), SizeIs(1));
    }

    World world_;
};

TEST_F(HistoryOverHttp, ShowsCallsNewestFirst) {
    some_calls();
    const auto answer = get("/api/calls?outcome=busy,in_progress,abandoned");
    EXPECT_THAT(values(answer, "kind"), ElementsAre("queue", "call", "call"));
    EXPECT_THAT(values(answer, "outcome"), ElementsAre("abandoned", "in_progress", "busy"));
    EXPECT_THAT(values(answer, "line"), ElementsAre("null", World::kBob, World::kAlice));
    EXPECT_THAT(values(answer, "queue"), ElementsAre(World::kQueue, "null", "null"));
    EXPECT_THAT(values(answer, "direction"), ElementsAre("in", "out", "in"));
    EXPECT_THAT(values(answer, "cause"), ElementsAre("NONE", "", "486 Busy Here"));
    EXPECT_THAT(answer.body, HasSubstr(R"("next":null)"));
}

TEST_F(HistoryOverHttp, FindsANumberHoweverItIsWritten) {
    some_calls();
    for (const char* number : {"0612345678", "06%2012%2034%2056%2078", "%2B33612345678", "0033612345678"})
        EXPECT_THAT(values(get(std::string("/api/calls?number=") + number), "id"), SizeIs(2)) << number;
    EXPECT_THAT(values(get("/api/calls?number=0699999999"), "id"), IsEmpty());
}

TEST_F(HistoryOverHttp, FiltersAndPages) {
    some_calls();
    EXPECT_THAT(values(get(std::string("/api/calls?line=") + World::kBob), "call_id"), ElementsAre("2"));
    EXPECT_THAT(values(get(std::string("/api/calls?queue=") + World::kQueue), "call_id"), ElementsAre("m"));
    EXPECT_THAT(values(get("/api/calls?direction=out"), "call_id"), ElementsAre("2"));
    EXPECT_THAT(values(get("/api/calls?kind=queue"), "call_id"), ElementsAre("m"));
    EXPECT_THAT(values(get("/api/calls?to=1"), "call_id"), IsEmpty());
    std::vector<std::string> found;
    std::string after;
    do {
        const auto answer = get("/api/calls?limit=1&after=" + after);
        ASSERT_EQ(answer.status, 200) << answer.body;
        for (auto& id : values(answer, "call_id")) found.push_back(id);
        const auto at = answer.body.find(R"("next":)") + 7;
        after = answer.body.substr(at, answer.body.find('}', at) - at);
        after = after == "null" ? "" : after.substr(1, after.size() - 2);
    } while (!after.empty() && found.size() < 10);
    EXPECT_THAT(found, ElementsAre("m", "2", "1"));
}

TEST_F(HistoryOverHttp, ShowsATokenItsOwnAlone) {
    some_calls();
    EXPECT_THAT(values(get("/api/calls", "ALICE"), "line"), ElementsAre(World::kAlice));
    EXPECT_THAT(values(get(std::string("/api/calls?line=") + World::kBob, "ALICE"), "line"), IsEmpty());
    EXPECT_THAT(values(get("/api/calls", "BETA"), "line"), IsEmpty());
    for (const char* path : {"/api/calls", "/api/calls.csv", "/api/calls.jsonl", "/api/statistics",
                             "/api/callbacks", "/api/snapshot?at=1"})
        EXPECT_EQ(get(path, "WRONG").status, 403) << path;
}

TEST_F(HistoryOverHttp, SaysWhatIsWrongWithAQuestion) {
    for (const char* wrong :
         {"/api/calls?outcome=lost", "/api/calls?direction=up", "/api/calls?kind=x",
          "/api/calls?from=yesterday", "/api/calls?from=2026-02-01&to=2026-01-01", "/api/calls?limit=0",
          "/api/calls?limit=1001", "/api/calls?after=x", "/api/statistics?by=x",
          "/api/statistics?interval=month", "/api/statistics?threshold=-1", "/api/calls.csv?outcome=x",
          "/api/callbacks?from=x", "/api/snapshot?at=tomorrow", "/api/snapshot?at=9000000000000000000"}) {
        const auto answer = get(wrong);
        EXPECT_EQ(answer.status, 400) << wrong;
        EXPECT_THAT(answer.body, HasSubstr("\" is wrong: ")) << wrong;
    }
}

TEST_F(HistoryOverHttp, ExportsEverythingInPieces) {
    std::vector<Event> events;
    for (int i = 0; i < 2'500; ++i) {
        events.push_back(world_.event("start_ringing", World::kAlice, std::to_string(i)));
        events.push_back(world_.event("end_ringing", World::kAlice, std::to_string(i)));
    }
    world_.tell(std::move(events));
    page("/api/calls?limit=1000&outcome=missed", 1'000);
    const auto lines = [](const std::string& body) { return std::count(body.begin(), body.end(), '\n'); };
    const auto patience = std::chrono::steady_clock::now() + 20s;
    HttpAnswer csv;
    do csv = get("/api/calls.csv");
    while (lines(csv.body) < 2'501 && std::chrono::steady_clock::now() < patience);
    EXPECT_EQ(lines(csv.body), 2'501);
    EXPECT_TRUE(csv.body.starts_with("id,kind,account,call_id,line,"));
    EXPECT_THAT(csv.headers["content-type"], HasSubstr("text/csv"));
    const auto json = get("/api/calls.jsonl?line=" + std::string(World::kAlice));
    EXPECT_EQ(lines(json.body), 2'500);
    simdjson::dom::parser parser;
    std::size_t read = 0;
    for (const auto row : parser.parse_many(json.body)) read += row["outcome"].error() == simdjson::SUCCESS;
    EXPECT_EQ(read, 2'500U);
}

TEST_F(HistoryOverHttp, EndOfAnExportIsTold) {
    some_calls();
    EXPECT_EQ(get("/api/calls.csv").headers["transfer-encoding"], "chunked");
    HttpClient old(world_.port());
    old.send("GET /api/calls.jsonl HTTP/1.0\r\nAuthorization: Bearer ALPHA\r\n\r\n");
    const auto answer = old.answer();
    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->headers.contains("transfer-encoding")) << "which a client of 1.0 does not read";
    EXPECT_EQ(std::count(answer->body.begin(), answer->body.end(), '\n'), 3);
    EXPECT_TRUE(answer->body.starts_with("{\"id\":"));
}

TEST_F(HistoryOverHttp, CountsFigures) {
    some_calls();
    const auto queues = get("/api/statistics?by=queue&interval=hour");
    ASSERT_EQ(queues.status, 200) << queues.body;
    EXPECT_THAT(queues.body, HasSubstr(R"("by":"queue","interval":"hour")"));
    EXPECT_THAT(queues.body, HasSubstr(R"("time_zone":"UTC")"));
    EXPECT_THAT(values(queues, "key", "rows"), ElementsAre(World::kQueue));
    EXPECT_THAT(values(queues, "offered", "rows"), ElementsAre("1"));
    EXPECT_THAT(values(queues, "lost", "rows"), ElementsAre("1"));
    EXPECT_THAT(values(queues, "service_level", "rows"), ElementsAre("null"));
    const auto lines = get(std::string("/api/statistics?by=line&key=") + World::kAlice);
    EXPECT_THAT(values(lines, "lost", "rows"), ElementsAre("1"));
    EXPECT_THAT(values(get("/api/statistics?by=account"), "offered", "rows"), ElementsAre("2"));
}

TEST_F(HistoryOverHttp, ListsWhoIsToBeCalledBack) {
    some_calls();
    // 06 12 34 56 78 was called back by Bob and took it.
    const auto answer = get("/api/callbacks");
    EXPECT_THAT(values(answer, "number", "callbacks"), ElementsAre("0033687654321"));
    EXPECT_THAT(values(answer, "queue", "callbacks"), ElementsAre(World::kQueue));
    const std::string done = "/api/callbacks/" + values(answer, "id", "callbacks").at(0) + "/done";
    EXPECT_EQ(ask("POST", done, "ALICE", R"({"by":"Mallory"})").status, 404) << "another line's token";
    EXPECT_EQ(ask("POST", done, "ALPHA", "[1]").status, 400);
    const auto ticked = ask("POST", done, "ALPHA", R"({"by":"Alice"})");
    EXPECT_EQ(ticked.status, 200);
    EXPECT_THAT(ticked.body, HasSubstr(R"("by":"Alice")"));
    EXPECT_THAT(get("/api/callbacks").body, HasSubstr(R"("by":"Alice")"));
    EXPECT_THAT(ask("DELETE", done).body, HasSubstr(R"("done":null)"));
    EXPECT_EQ(ask("POST", "/api/callbacks/17/done").status, 404);
    EXPECT_EQ(ask("POST", "/api/callbacks/x/done").status, 404);
}

TEST_F(HistoryOverHttp, ShowsTheBoardAsItWas) {
    ingest("start_ringing", World::kAlice, "1", "0612345678", World::kAlice);
    const std::string then = std::to_string(nanoseconds_since_epoch(world_.clock.now()));
    ingest("end_ringing", World::kAlice, "1", "0612345678", World::kAlice);
    EXPECT_THAT(values(get("/api/snapshot"), "call_id"), IsEmpty());
    const auto was = get("/api/snapshot?at=" + then);
    EXPECT_EQ(was.status, 200) << was.body;
    EXPECT_THAT(values(was, "call_id"), ElementsAre("1"));
    EXPECT_THAT(was.body, HasSubstr(R"("time":)" + then));
    EXPECT_EQ(get("/api/snapshot?at=1000000000").status, 404);
}

TEST_F(HistoryOverHttp, OutlivesACrash) {
    some_calls();
    world_.crash();
    world_.start();
    ingest("end_calling", World::kBob, "2", World::kBob, "0612345678");
    EXPECT_THAT(values(page("/api/calls?outcome=answered", 1), "id"), SizeIs(1));
    const auto answer = get("/api/calls");
    EXPECT_THAT(values(answer, "call_id"), ElementsAre("m", "2", "1"));
    EXPECT_THAT(values(answer, "outcome"), ElementsAre("abandoned", "answered", "busy"));
}

}  // namespace
}  // namespace callboard::test
