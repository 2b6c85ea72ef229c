#include "base/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace callboard {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, writes_families_in_the_order_of_their_names) {
    Metrics metrics;
    metrics.gauge("b_now", "Going on.").set(-3);
    metrics.counter("a_total", "Seen.").add(7);
    EXPECT_EQ(metrics.text(),
              "# HELP a_total Seen.\n# TYPE a_total counter\na_total 7\n"
              "# HELP b_now Going on.\n# TYPE b_now gauge\nb_now -3\n");
}

TEST(Metrics, writes_nothing_when_there_is_nothing) { EXPECT_EQ(Metrics().text(), ""); }

TEST(Metrics, same_name_and_labels_mean_the_same_figure) {
    Metrics metrics;
    Counter& one = metrics.counter("calls_total", "Calls.", {{"line", "1"}, {"event", "ring"}});
    Counter& again = metrics.counter("calls_total", "Other words.", {{"line", "1"}, {"event", "ring"}});
    Counter& other = metrics.counter("calls_total", "Calls.", {{"line", "2"}, {"event", "ring"}});
    EXPECT_EQ(&one, &again);
    EXPECT_NE(&one, &other);
    one.add();
    again.add(2);
    EXPECT_EQ(metrics.text(),
              "# HELP calls_total Calls.\n# TYPE calls_total counter\n"
              "calls_total{line=\"1\",event=\"ring\"} 3\ncalls_total{line=\"2\",event=\"ring\"} 0\n");
}

TEST(Metrics, escapes_what_would_end_a_label) {
    Metrics metrics;
    metrics.counter("x_total", "X.", {{"name", "a\"b\\c\nd"}}).add();
    EXPECT_THAT(metrics.text(), HasSubstr("x_total{name=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Metrics, references_outlive_the_arrival_of_others) {
    Metrics metrics;
    Counter& first = metrics.counter("a_total", "A.");
    for (int i = 0; i < 1000; ++i) metrics.counter("a_total", "A.", {{"n", std::to_string(i)}});
    first.add(5);
    EXPECT_THAT(metrics.text(), HasSubstr("\na_total 5\n"));
}

TEST(Histogram, counts_up_over_its_buckets) {
    Metrics metrics;
    Histogram& histogram = metrics.histogram("wait_seconds", "Wait.");
    histogram.observe(0.00005);  // below the first bound
    histogram.observe(0.0001);   // on a bound: belongs to it
    histogram.observe(0.3);
    histogram.observe(99);  // over the last
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("# TYPE wait_seconds histogram\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_bucket{le=\"0.0001\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_bucket{le=\"0.25\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_bucket{le=\"0.5\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_bucket{le=\"10\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_bucket{le=\"+Inf\"} 4\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_sum 99.300150\nwait_seconds_count 4\n"));
}

TEST(Histogram, keeps_its_labels_before_the_bound) {
    Metrics metrics;
    metrics.histogram("wait_seconds", "Wait.", {{"queue", "q"}}).observe(1);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("wait_seconds_bucket{queue=\"q\",le=\"1\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_sum{queue=\"q\"} 1.000000\n"));
    EXPECT_THAT(text, HasSubstr("wait_seconds_count{queue=\"q\"} 1\n"));
}

TEST(Histogram, takes_a_clock_that_went_back_as_no_time_at_all) {
    Histogram histogram;
    histogram.observe(-5);
    EXPECT_EQ(histogram.bucket(0), 1U);
    EXPECT_EQ(histogram.sum(), 0);
}

TEST(Metrics, counts_from_several_threads_at_once) {
    Metrics metrics;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&metrics] {
            for (int n = 0; n < 10'000; ++n) metrics.counter("n_total", "N.").add();
        });
    threads.clear();
    EXPECT_EQ(metrics.counter("n_total", "N.").value(), 40'000U);
}

}  // namespace
}  // namespace callboard
