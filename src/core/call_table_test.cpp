#include "core/call_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <optional>

namespace callboard {
namespace {

using namespace std::chrono_literals;

class Table : public testing::Test {
  protected:
    SipCall& add(std::string_view call_id, std::string_view caller = {}, Duration at = 0s) {
        SipCall& call = table_.add(call_id, start_ + at);
        call.identity = call.calling = caller;
        if (!caller.empty()) table_.index_caller(call);
        return call;
    }
    static Hop hop(std::uint8_t from, std::uint8_t to, int leg = -1) {
        Hop made;
        made.source.address[15] = from;
        made.destination.address[15] = to;
        made.leg = leg;
        return made;
    }
    CallTable table_;
    const Time start_ = time_from_nanoseconds(1'780'000'000'000'000'000);
};

TEST_F(Table, finds_by_call_id_and_key_until_erased) {
    SipCall& call = add("one");
    EXPECT_EQ(table_.find("one"), &call);
    EXPECT_EQ(table_.find(call.key), &call);
    EXPECT_EQ(table_.find("two"), nullptr);
    const auto key = call.key;
    table_.erase(call);
    EXPECT_EQ(table_.find("one"), nullptr);
    EXPECT_EQ(table_.find(key), nullptr);
    EXPECT_NE(add("one").key, key) << "keys are not used again";
}

TEST_F(Table, names_each_call_when_its_deadline_has_come) {
    SipCall& late = add("late");
    SipCall& soon = add("soon");
    table_.set_deadline(late, start_ + 20s);
    table_.set_deadline(soon, start_ + 10s);
    EXPECT_EQ(table_.nearest(), &soon);
    EXPECT_EQ(table_.due(start_ + 9s), nullptr);
    EXPECT_EQ(table_.due(start_ + 10s), &soon);
    EXPECT_EQ(table_.due(start_ + 10s), nullptr);
    table_.set_deadline(late, start_ + 60s);
    EXPECT_EQ(table_.due(start_ + 30s), nullptr) << "it was put off";
    EXPECT_EQ(table_.due(start_ + 60s), &late);
    EXPECT_EQ(table_.nearest(), nullptr);
}

TEST_F(Table, deadlines_move_together_on_and_back) {
    SipCall& soon = add("soon");
    SipCall& late = add("late");
    table_.set_deadline(soon, start_ + 10s);
    table_.set_deadline(late, start_ + 20s);
    late.kept_until = start_ + 5s;
    table_.schedule(late);
    table_.move_deadlines(1h);
    EXPECT_EQ(table_.due(start_ + 59min), nullptr);
    EXPECT_EQ(late.kept_until, start_ + 1h + 5s);
    EXPECT_EQ(soon.kept_until, Time{});
    table_.move_deadlines(-2h);
    EXPECT_EQ(table_.due(start_ - 1h + 5s), &late);
    EXPECT_EQ(table_.due(start_ - 1h + 9s), nullptr);
    EXPECT_EQ(table_.due(start_ - 1h + 10s), &soon);
}

TEST_F(Table, kept_messages_wake_before_the_deadline) {
    SipCall& call = add("one");
    table_.set_deadline(call, start_ + 60s);
    call.kept_until = start_ + 200ms;
    table_.schedule(call);
    EXPECT_EQ(table_.due(start_ + 200ms), &call);
    call.kept_until = {};
    table_.schedule(call);
    EXPECT_EQ(table_.due(start_ + 59s), nullptr);
    EXPECT_EQ(table_.due(start_ + 60s), &call);
}

TEST_F(Table, forgets_deadlines_that_do_not_count_any_more) {
    SipCall& kept = add("kept");
    table_.set_deadline(kept, start_ + 1h);
    for (int i = 0; i < 10'000; ++i) {
        SipCall& call = add("call " + std::to_string(i));
        table_.set_deadline(call, start_ + 5min);
        table_.set_deadline(call, start_ + 4h);   // answered
        table_.set_deadline(call, start_ + 40s);  // over
        for (int copy = 0; copy < 3; ++copy) {
            table_.set_deadline(kept, start_ + 30min);
            table_.set_deadline(kept, start_ + 1h);
        }
        table_.erase(call);
    }
    EXPECT_LT(table_.queued(), 200U);
    EXPECT_EQ(table_.due(start_ + 59min), nullptr);
    EXPECT_EQ(table_.due(start_ + 1h), &kept);
    EXPECT_EQ(table_.due(start_ + 1h), nullptr);
}

TEST_F(Table, deadlines_hold_whatever_moves_them) {
    EXPECT_TRUE(rc::check([this] {
        CallTable table;
        std::map<std::string, Time> model;
        Time now = start_;
        for (int i = 0; i < 100; ++i) {
            const std::string id = std::to_string(*rc::gen::inRange(0, 8));
            SipCall* call = table.find(id);
            if (call == nullptr) call = &table.add(id, now);
            if (*rc::gen::inRange(0, 5) == 0) {
                table.erase(*call);
                model.erase(id);
                continue;
            }
            model[id] = now + std::chrono::seconds(*rc::gen::inRange(1, 60));
            table.set_deadline(*call, model[id]);
            now += std::chrono::seconds(*rc::gen::inRange(0, 10));
            while (SipCall* due = table.due(now)) {
                RC_ASSERT(model.at(due->call_id) <= now);
                model.erase(due->call_id);
                table.erase(*due);
            }
            for (const auto& [left, deadline] : model) RC_ASSERT(deadline > now);
        }
    }));
}

TEST_F(Table, origin_is_the_call_of_the_same_caller) {
    SipCall& origin = add("a", "marie");
    add("x", "pierre");
    SipCall& made = add("b", "marie", 10ms);
    EXPECT_EQ(table_.origin_of(made, "bob"), &origin);
    SipCall& stranger = add("c", "jean", 10ms);
    EXPECT_EQ(table_.origin_of(stranger, "bob"), nullptr);
}

TEST_F(Table, origin_is_the_call_that_dialled_the_line_or_came_to_the_same_exchange) {
    SipCall& dialled = add("a", "marie");
    dialled.dialed = "bob";
    add("later", "marie", 5ms);
    SipCall& made = add("b", "marie", 10ms);
    EXPECT_EQ(table_.origin_of(made, "bob"), &dialled);

    SipCall& here = add("c", "pierre");
    here.hops = {hop(1, 100)};
    add("d", "pierre", 5ms).hops = {hop(1, 200)};
    SipCall& from_here = add("e", "pierre", 10ms);
    from_here.hops = {hop(100, 2)};
    EXPECT_EQ(table_.origin_of(from_here, "bob"), &here);
}

TEST_F(Table, origin_is_never_over_nor_one_that_reaches_a_phone_itself) {
    SipCall& over = add("a", "marie");
    over.over = true;
    SipCall& direct = add("b", "marie");
    direct.called.emplace_back().line = "carol";
    SipCall& made = add("c", "marie", 10ms);
    EXPECT_EQ(table_.origin_of(made, "bob"), nullptr);
    add("d", "marie", 1s);
    EXPECT_EQ(table_.origin_of(made, "bob"), nullptr) << "nor one that began much later";
}

TEST_F(Table, a_hidden_caller_is_found_by_the_exchange_that_shows_it) {
    SipCall& origin = table_.add("a", start_);
    origin.identity = "marie";
    origin.calling = "anonymous";
    table_.index_caller(origin);
    SipCall& shown = add("b", "marie", 10ms);
    EXPECT_EQ(table_.origin_of(shown, "bob"), &origin);
    SipCall& hidden = add("c", "anonymous", 10ms);
    EXPECT_EQ(table_.origin_of(hidden, "bob"), &origin);
}

TEST_F(Table, origin_is_asked_for_the_names_of_those_that_may_be_it) {
    SipCall& written = add("a", "+33612345678");
    SipCall& stranger = add("x", "0033712345678");  // ends alike
    add("y", "pierre");
    SipCall& made = add("b", "0033612345678", 10ms);
    std::vector<SipCall*> named;
    const auto name = [&named](SipCall& call) {
        named.push_back(&call);
        if (call.identity == "+33612345678") call.identity = "0033612345678";
    };
    EXPECT_EQ(table_.origin_of(made, "bob", name), &written);
    EXPECT_EQ(named, (std::vector<SipCall*>{&written, &stranger}));
    table_.unindex_caller(written);
    table_.unindex_caller(written);
    EXPECT_EQ(table_.origin_of(made, "bob", name), nullptr);
}

TEST_F(Table, knows_the_latest_call_made_for_another) {
    SipCall& origin = add("a", "marie");
    EXPECT_EQ(table_.made_for(origin), nullptr);
    SipCall& one = add("b");
    SipCall& two = add("c");
    table_.set_origin(one, origin);
    table_.set_origin(two, origin);
    EXPECT_EQ(table_.made_for(origin), nullptr) << "none is up";
    one.answered = two.answered = true;
    EXPECT_EQ(table_.made_for(origin), &two);
    two.over = true;
    EXPECT_EQ(table_.made_for(origin), &one);
    table_.erase(one);
    EXPECT_EQ(table_.made_for(origin), nullptr);
}

TEST_F(Table, other_devices_are_those_of_the_same_line_and_call_elsewhere) {
    SipCall& origin = add("a", "marie");
    const auto dialog = [&](std::string_view id, std::uint8_t device, const char* line) -> SipCall& {
        SipCall& call = add(id);
        call.called.emplace_back().line = line;
        call.hops = {hop(100, device, 0)};
        table_.set_origin(call, origin);
        return call;
    };
    SipCall& desk = dialog("b", 1, "bob");
    SipCall& mobile = dialog("c", 2, "bob");
    dialog("d", 3, "carol");
    dialog("e", 1, "bob");  // a second call to the same device
    const auto others = table_.other_devices(desk, desk.called.front());
    ASSERT_EQ(others.size(), 1U);
    EXPECT_EQ(others.front().call, &mobile);
    EXPECT_TRUE(table_.other_devices(origin, origin.caller).empty());
}

}  // namespace
}  // namespace callboard
