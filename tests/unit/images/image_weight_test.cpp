#include "images/image_weight.h"

#include <doctest/doctest.h>

using namespace aictr::images;
using Kind = LayerFile::Kind;
using Of = WeightFinding::Kind;

namespace {

using Layers = std::vector<std::vector<LayerFile>>;

// "deleted 30 1>2: /a /b" for each finding.
std::vector<std::string> findings(const Layers& layers, std::int64_t least = 1) {
  std::vector<std::string> all;
  for (const WeightFinding& one : weigh_image(layers, least).findings) {
    std::string text = one.kind == Of::deleted ? "deleted " : one.kind == Of::cache ? "cache " : "duplicate ";
    text += std::to_string(one.bytes) + " " + one.name + " " + std::to_string(one.layer);
    if (one.kind == Of::deleted) text += ">" + std::to_string(one.deleting_layer);
    for (const std::string& path : one.paths) text += " " + path;
    all.push_back(text);
  }
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what a later layer deletes, replaces or covers is found, with the layer that does") {
  const Layers layers = {
      {{"opt/a", Kind::file, 10}, {"opt/b", Kind::file, 20}, {"tmp/x/y", Kind::file, 5}, {"etc/c", Kind::file, 1}},
      {{"opt/b", Kind::file, 7}},
      {{"opt", Kind::opaque, 0}, {"tmp", Kind::deletion, 0}, {"etc/cc", Kind::file, 1}},
  };
  CHECK(findings(layers) ==
        Texts{"deleted 20 1 file 0>1 /opt/b", "deleted 15 2 files 0>2 /opt/a /tmp/x/y", "deleted 7 1 file 1>2 /opt/b"});
  ImageWeight weight = weigh_image(layers, 1);
  REQUIRE(weight.layers.size() == 3);
  CHECK(weight.layers[0].bytes == 36);
  CHECK(weight.layers[0].hidden == 35);
  CHECK(weight.layers[1].hidden == 7);
  CHECK(weight.layers[2].hidden == 0);
}

TEST_CASE("an opaque root covers everything below it") {
  CHECK(findings({{{"a", Kind::file, 3}}, {{"", Kind::opaque, 0}}}) == Texts{"deleted 3 1 file 0>1 /a"});
}

TEST_CASE("caches of package managers are found, unless they are deleted anyway") {
  const Layers layers = {{{"root/.cache/pip/http/0", Kind::file, 40},
                          {"data/ann/.cache/uv/w", Kind::file, 30},
                          {"var/lib/apt/lists/x", Kind::file, 20},
                          {"var/cache/apt/archives/x.deb", Kind::file, 10},
                          {"opt/conda/pkgs/p.conda", Kind::file, 9},
                          {"srv/pip/wheel", Kind::file, 99}},
                         {{"var/cache", Kind::deletion, 0}}};
  CHECK(findings(layers) == Texts{"cache 40 the cache of pip 0 /root/.cache/pip/http/0",
                                  "cache 30 the cache of uv 0 /data/ann/.cache/uv/w",
                                  "cache 20 the package lists of apt 0 /var/lib/apt/lists/x",
                                  "deleted 10 1 file 0>1 /var/cache/apt/archives/x.deb",
                                  "cache 9 packages that conda has unpacked 0 /opt/conda/pkgs/p.conda"});
}

TEST_CASE("libraries of CUDA that lie in several places are found by their names") {
  const Layers layers = {
      {{"usr/local/cuda-12.4/lib64/libcublas.so.12.4.5.8", Kind::file, 500},
       {"usr/local/cuda-12.4/lib64/libcublas.so.12", Kind::file, 0},  // a link
       {"usr/lib/libcublas.so.11.0", Kind::file, 400},                // another one
       {"usr/lib/libcudnn_ops.so.9.1.0", Kind::file, 70},
       {"usr/lib/libcurl.so.4.8.0", Kind::file, 3}},
      {{"usr/lib/python3/site-packages/nvidia/cublas/lib/libcublas.so.12", Kind::file, 510},
       {"usr/lib/python3/site-packages/nvidia/cudnn/lib/libcudnn_ops.so.9", Kind::file, 60},
       {"opt/libcurl.so.4", Kind::file, 3}},
  };
  CHECK(findings(layers) ==
        Texts{"duplicate 500 libcublas.so.12 1 /usr/lib/python3/site-packages/nvidia/cublas/lib/libcublas.so.12 "
              "/usr/local/cuda-12.4/lib64/libcublas.so.12.4.5.8",
              "duplicate 60 libcudnn_ops.so.9 1 /usr/lib/libcudnn_ops.so.9.1.0 "
              "/usr/lib/python3/site-packages/nvidia/cudnn/lib/libcudnn_ops.so.9"});
  CHECK(findings(layers, 100).size() == 1);
}

TEST_CASE("a tree joins directories that hold one thing, and what is too light to be seen") {
  Layers layers = {{{"data/raw/big", Kind::file, 1'000'000}, {"data/raw/large", Kind::file, 500'000}}};
  for (int i = 0; i < 3; ++i) layers[0].push_back({"data/raw/small" + std::to_string(i), Kind::file, 10});
  ImageWeight weight = weigh_image(layers, 1);
  REQUIRE(weight.layers[0].children.size() == 1);
  const WeightNode& data = weight.layers[0].children[0];
  CHECK(data.name == "data/raw");
  CHECK(data.bytes == 1'500'030);
  REQUIRE(data.children.size() == 3);
  CHECK(data.children[0].name == "big");
  CHECK(data.children[1].name == "large");
  CHECK(data.children[2].name == "3 smaller");
  CHECK(data.children[2].bytes == 30);
}

TEST_CASE("an image without layers weighs nothing") {
  ImageWeight weight = weigh_image({}, 1);
  CHECK(weight.layers.empty());
  CHECK(weight.findings.empty());
}
