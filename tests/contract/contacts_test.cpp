// Names of outside numbers through the real server: imported with a key, read with a token, shown in the
// history and searched there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

#include "tests/contract/world.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ContactsOverHttp : public testing::Test {
  protected:
    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& token,
                   const std::string& body = {}) {
        HttpClient client(world_.port());
        const std::string head = "Authorization: Bearer " + token + "\r\n";
        auto answer = method == "POST" ? client.post(target, body, head) : client.ask(method, target, head);
        return answer ? *answer : HttpAnswer{};
    }
    std::string get(const std::string& target, const std::string& token = "ALPHA") {
        const auto answer = ask("GET", target, token);
        EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
        return answer.body;
    }
    std::string import(const std::string& csv, const std::string& query = {}) {
        const auto answer = ask("POST", "/api/contacts" + query, "KEY", csv);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.body;
    }
    int refused(const std::string& method, const std::string& target, const std::string& token,
                const std::string& said, const std::string& body = {}) {
        const auto answer = ask(method, target, token, body);
        EXPECT_THAT(answer.body, HasSubstr(said)) << target;
        return answer.status;
    }
    /// A call between Alice and somebody outside, which one of them begins.
    void call(const std::string& id, const std::string& calling, const std::string& called) {
        const auto event = [&](const char* name) {
            return fmt::format(R"({{"event":"{}","service":"sip","ressource":"{}","data":{{"CallId":"{}",)"
                               R"("Calling":"{}","Called":"{}","Dialed":"{}"}}}})",
                               name, World::kAlice, id, calling, called, called);
        };
        const auto answer = ask("POST", "/api/ingest", "KEY",
                                "[" + event("start_ringing") + "," + event("end_ringing") + "]");
        ASSERT_EQ(answer.status, 200) << answer.body;
    }
    /// The answer once `text` is in it: the history is filled beside the journal.
    std::string get_with(const std::string& target, const std::string& text) {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        std::string body;
        do {
            body = get(target);
            if (body.find(text) != std::string::npos) return body;
            std::this_thread::sleep_for(10ms);
        } while (std::chrono::steady_clock::now() < patience);
        ADD_FAILURE() << text << " is not in " << body;
        return body;
    }
    static std::size_t rows(const std::string& page) {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = page.find("\"call_id\"", at)) != std::string::npos; ++at) ++count;
        return count;
    }

    World world_;
};

constexpr const char* kCsv = "number,name\n06 12 34 56 78,Hélène Dupont\n0033698765432,\"Dupré, Jean\"\n";

TEST_F(ContactsOverHttp, NamesAreReadByNumber) {
    EXPECT_EQ(get("/api/contacts?number=0612345678"), R"({"names":{},"empty":true})");
    EXPECT_EQ(
        import(std::string(kCsv) + "x,Nobody\n"),
        R"({"imported":2,"refused":1,"refusals":[{"line":4,"why":"this is no number of the public network"}]})");
    EXPECT_EQ(get("/api/contacts?number=0033612345678,06%2098%2076%2054%2032,0600000000,"),
              R"({"names":{"0033612345678":"Hélène Dupont","06 98 76 54 32":"Dupré, Jean"},"empty":false})");
    EXPECT_EQ(get("/api/contacts?number=0612345678", "ALICE"),
              R"({"names":{"0612345678":"Hélène Dupont"},"empty":false})")
        << "whoever may read events";
    EXPECT_EQ(get("/api/contacts?number="), R"({"names":{},"empty":false})");
    std::string many = "0612345678";
    for (int i = 0; i < 100; ++i) many += ",0612345678";
    EXPECT_EQ(refused("GET", "/api/contacts?number=" + many, "ALPHA", "at most 100"), 400);
}

TEST_F(ContactsOverHttp, AreSearchedAndPaged) {
    import(kCsv);
    EXPECT_EQ(get("/api/contacts?search=dup&limit=1"),
              R"({"contacts":[{"number":"0033612345678","name":"Hélène Dupont"}],"next":"0033612345678"})");
    EXPECT_EQ(get("/api/contacts?search=dup&limit=1&after=0033612345678"),
              R"({"contacts":[{"number":"0033698765432","name":"Dupré, Jean"}],"next":null})");
    EXPECT_THAT(get("/api/contacts"), HasSubstr("Jean"));
    EXPECT_EQ(refused("GET", "/api/contacts?limit=0", "ALPHA", "1 to 1000"), 400);
    EXPECT_EQ(refused("GET", "/api/contacts?limit=1001", "ALPHA", "1 to 1000"), 400);
}

TEST_F(ContactsOverHttp, AreOfOneAccountOrOfAll) {
    import("number,name\n0612345678,Ours\n", "?account=alpha");
    EXPECT_EQ(get("/api/contacts?number=0612345678", "BETA"), R"({"names":{},"empty":true})");
    EXPECT_THAT(get("/api/contacts?number=0612345678"), HasSubstr("Ours"));
    EXPECT_THAT(get("/api/contacts", "KEY"), Not(HasSubstr("Ours"))) << "those that all share";
    EXPECT_THAT(get("/api/contacts?account=alpha", "KEY"), HasSubstr("Ours"));
    EXPECT_EQ(refused("GET", "/api/contacts?account=gamma", "KEY", "no such account"), 400);
    EXPECT_EQ(refused("POST", "/api/contacts?account=gamma", "KEY", "no such account", kCsv), 400);
}

TEST(ContactsLookedUp, AreOnTheirWayForWhoeverMayKnow) {
    std::mutex mutex;
    std::vector<std::string> asked;
    World::Settings settings;
    settings.look_up = [&](std::string_view account, std::string_view number) {
        const std::lock_guard lock(mutex);
        asked.push_back(fmt::format("{} {}", account, number));
        return number != "0033600000000";
    };
    World world(std::move(settings));
    world.tokens.allow("MASKED", {"alpha", "", {}, "", true});
    const auto get = [&world](const std::string& numbers, const std::string& token) {
        HttpClient client(world.port());
        const auto answer =
            client.ask("GET", "/api/contacts?number=" + numbers, "Authorization: Bearer " + token + "\r\n");
        return answer ? answer->body : "";
    };
    EXPECT_EQ(get("06%2012%2034%2056%2078,%2B33698765432,0033600000000", "ALICE"),
              R"({"names":{},"pending":["06 12 34 56 78","+33698765432"],"empty":false})");
    EXPECT_EQ(get(fmt::format("anonymous,101,3611,{},", World::kAlice), "ALPHA"),
              R"({"names":{},"empty":false})")
        << "nobody's, or ours";
    EXPECT_THAT(get("0612345678", "MASKED"), HasSubstr("masked"));
    EXPECT_EQ(asked, (std::vector<std::string>{"alpha 0033612345678", "alpha 0033698765432",
                                               "alpha 0033600000000"}));
}

TEST_F(ContactsOverHttp, NobodyElseMayReadOrWrite) {
    world_.tokens.allow("MASKED", {"alpha", "", {}, "", true});
    import(kCsv);
    EXPECT_EQ(refused("GET", "/api/contacts?number=0612345678", "MASKED", "masked"), 403);
    EXPECT_EQ(refused("GET", "/api/contacts", "MASKED", "masked"), 403);
    EXPECT_EQ(refused("GET", "/api/contacts", "ALICE", "\\\"number\\\""), 403);
    EXPECT_EQ(refused("GET", "/api/contacts?number=0612345678", "WRONG", "wrong"), 403);
    EXPECT_EQ(refused("POST", "/api/contacts", "ALPHA", "key", kCsv), 401) << "a token changes nothing";
    world_.stop();
    world_.allowed = {{"GET", "/api/calls"}};
    world_.start();
    EXPECT_EQ(refused("POST", "/api/contacts", "KEY", "* /api/contacts", kCsv), 403);
    EXPECT_EQ(refused("GET", "/api/contacts", "KEY", "* /api/contacts"), 403);
    EXPECT_THAT(get("/api/contacts?number=0612345678"), HasSubstr("Dupont")) << "kept over a restart";
}

TEST_F(ContactsOverHttp, AFileWithoutItsColumnsIsRefused) {
    EXPECT_EQ(refused("POST", "/api/contacts", "KEY", "number,name", "0612345678,Jean\n"), 400);
    EXPECT_EQ(get("/api/contacts?number=0612345678"), R"({"names":{},"empty":true})");
}

TEST_F(ContactsOverHttp, TheHistorySaysWhoItWas) {
    import(kCsv);
    call("in", "0612345678", World::kAlice);
    call("out", World::kAlice, "0698765432");
    call("stranger", "0600000000", World::kAlice);
    const auto page = get_with("/api/calls", "stranger");
    EXPECT_THAT(page, HasSubstr(R"("contact":"Hélène Dupont")"));
    EXPECT_THAT(page, HasSubstr(R"("contact":"Dupré, Jean")"));
    EXPECT_THAT(page, HasSubstr(R"("contact":null)"));
    EXPECT_THAT(get("/api/calls.csv"), HasSubstr(",contact\r\n"));
    EXPECT_THAT(get("/api/calls.csv"), HasSubstr(",\"Dupré, Jean\"\r\n"));
    EXPECT_THAT(get("/api/calls.jsonl"), HasSubstr("\"contact\":\"Hélène Dupont\"}\n"));
}

TEST_F(ContactsOverHttp, TheHistoryIsSearchedByName) {
    import(kCsv);
    call("in", "0612345678", World::kAlice);
    call("both", "0612345678", "0698765432");
    call("stranger", "jean.dupont", World::kAlice);
    get_with("/api/calls", "stranger");
    EXPECT_EQ(rows(get("/api/calls?number=dup")), 2U) << "a call of two of them is one row";
    EXPECT_EQ(rows(get("/api/calls?number=HELENE")), 2U);
    EXPECT_EQ(rows(get("/api/calls?number=jean")), 1U);
    EXPECT_EQ(rows(get("/api/calls?number=jean.dupont")), 1U) << "a party of that name, as before";
    EXPECT_EQ(rows(get("/api/calls?number=nobody")), 0U);
    EXPECT_EQ(rows(get("/api/calls.jsonl?number=dup")), 2U);
    const std::string first = get("/api/calls?number=dup&limit=1");
    EXPECT_THAT(first, HasSubstr("both"));
    EXPECT_EQ(rows(get("/api/calls?number=dup&limit=1&after=" + first.substr(first.rfind(':') + 2, 19))), 1U);
    world_.tokens.allow("MASKED", {"alpha", "", {}, "", true});
    EXPECT_EQ(ask("GET", "/api/calls?number=dup", "MASKED").status, 403);
    EXPECT_THAT(get("/api/calls", "MASKED"), Not(HasSubstr("Dup")));
    EXPECT_THAT(get("/api/calls.csv", "MASKED"), Not(HasSubstr("Dup")));
}

TEST_F(ContactsOverHttp, ANameOfTooManyIsSaid) {
    std::string csv = "number,name\n";
    for (int i = 0; i < 60; ++i) csv += fmt::format("06000000{:02},Caller {}\n", i, i);
    import(csv);
    for (const char* target : {"/api/calls?number=caller", "/api/calls.csv?number=caller"})
        EXPECT_EQ(refused("GET", target, "ALPHA", "too many contacts"), 400);
    EXPECT_EQ(rows(get("/api/calls?number=caller%205")), 0U) << "eleven are few";
}

TEST_F(ContactsOverHttp, EventsKnowNoNames) {
    import(kCsv);
    call("in", "0612345678", World::kAlice);
    get_with("/api/calls", "Hélène");
    EXPECT_THAT(get("/api/snapshot"), Not(HasSubstr("Dupont")));
}

}  // namespace
}  // namespace callboard::test
