// Every route has a seed: a fuzzer that has to invent a path and its parameters spends its time on nothing
// else.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.hpp"
#include "api/ovh/routes.hpp"
#include "api/ovh/signature.hpp"
#include "net/http_parser.hpp"

namespace callboard {
namespace {

using MethodAndPath = std::pair<std::string, std::string>;

/// Of every request in the corpus.
std::vector<MethodAndPath> seeds() {
    std::vector<MethodAndPath> all;
    for (const auto& entry :
         std::filesystem::directory_iterator(CALLBOARD_SOURCE_DIR "/fuzz/corpus/routes")) {
        std::ifstream file(entry.path(), std::ios::binary);
        HttpParser parser({});
        auto progress = parser.feed(std::string{std::istreambuf_iterator<char>(file), {}});
        for (; progress == HttpParser::Progress::complete; progress = parser.next()) {
            const std::string_view target = parser.request().target;
            all.emplace_back(parser.request().method, target.substr(0, target.find('?')));
        }
    }
    return all;
}

bool has_seed(const std::vector<MethodAndPath>& all, std::string_view method, std::string_view route) {
    for (const auto& [seed_method, path] : all)
        if (seed_method == method &&
            (match_path(route, path) || match_path(route, ovh_rest::without_base(path))))
            return true;
    return false;
}

TEST(RoutesSeeds, EveryRouteHasOne) {
    const auto all = seeds();
    for (const Route& route : route_table())
        EXPECT_TRUE(has_seed(all, route.method, route.path)) << route.method << " " << route.path;
}

TEST(RoutesSeeds, EveryCallOfTheRestSideHasOne) {
    const auto all = seeds();
    for (const auto& route : ovh_rest::route_table())
        EXPECT_TRUE(has_seed(all, route.method, route.path)) << route.method << " " << route.path;
}

}  // namespace
}  // namespace callboard
