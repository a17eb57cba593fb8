// Fused CPU kernels of training: the expected input of an imputed convolution (Equations 3 and 4)
// with its gradient, and leaky ReLU + pixel norm with theirs. Tensors are channels-last, float32
// or bfloat16; sums are float32. Work is split by sample and summed in a fixed order, so results
// do not depend on the number of threads.
#include <vector>

#include "values.h"

torch::Tensor distance(torch::Tensor a, torch::Tensor b, torch::Tensor head);
torch::Tensor distance_backward(torch::Tensor g, torch::Tensor a, torch::Tensor b,
                                torch::Tensor head);
torch::Tensor pool(torch::Tensor x);
torch::Tensor pool_backward(torch::Tensor g, torch::Tensor x);

namespace {

typedef float Lanes __attribute__((vector_size(64), aligned(4)));
constexpr int64_t kLanes = 16;

int64_t padded(int64_t channels) { return (channels + kLanes - 1) / kLanes * kLanes; }

// K rows of an image, zero padded left and right, kept as floats while a window slides down.
struct Ring {
  int64_t pad, width, lanes;
  std::vector<std::vector<float>> rows;
  Ring(int64_t kernel, int64_t width, int64_t lanes)
      : pad(kernel / 2), width(width), lanes(lanes),
        rows(kernel, std::vector<float>((width + kernel - 1) * lanes, 0.f)) {}
  float* at(int64_t y) { return rows[((y % int64_t(rows.size())) + rows.size()) % rows.size()].data(); }
  float* inner(int64_t y) { return at(y) + pad * lanes; }
  void clear(int64_t y) { std::memset(at(y), 0, rows[0].size() * sizeof(float)); }
};

// Weights (C, K, K) as [tap][lane], zero in the padding lanes; flipped for the input gradient.
std::vector<float> pack(const float* w, int64_t channels, int64_t taps, bool flip) {
  int64_t lanes = padded(channels);
  std::vector<float> out(taps * lanes, 0.f);
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t t = 0; t < taps; ++t)
      out[(flip ? taps - 1 - t : t) * lanes + c] = w[c * taps + t];
  return out;
}

// out[x] = start + sum over taps of weight * row, for one output row y.
template <int K>
void depthwise_row(Ring& ring, int64_t y, const float* weights, const float* start, float* out) {
  const int64_t lanes = ring.lanes;
  const float* rows[K];
  for (int dy = 0; dy < K; ++dy) rows[dy] = ring.at(y + dy - K / 2);
  for (int64_t b = 0; b < lanes; b += kLanes) {
    Lanes w[K * K];
    for (int t = 0; t < K * K; ++t) w[t] = *(const Lanes*)(weights + t * lanes + b);
    const Lanes first = *(const Lanes*)(start + b);
    for (int64_t x = 0; x < ring.width; ++x) {
      Lanes sum = first;
      for (int dy = 0; dy < K; ++dy)
        for (int dx = 0; dx < K; ++dx)
          sum += w[dy * K + dx] * *(const Lanes*)(rows[dy] + (x + dx) * lanes + b);
      *(Lanes*)(out + x * lanes + b) = sum;
    }
  }
}

// sums[tap] += grad row y * rows under the tap.
template <int K>
void weight_row(Ring& grad, Ring& input, int64_t y, float* sums) {
  const int64_t lanes = input.lanes;
  const float* g = grad.inner(y);
  const float* rows[K];
  for (int dy = 0; dy < K; ++dy) rows[dy] = input.at(y + dy - K / 2);
  for (int64_t b = 0; b < lanes; b += kLanes) {
    Lanes acc[K * K];
    for (int t = 0; t < K * K; ++t) acc[t] = *(const Lanes*)(sums + t * lanes + b);
    for (int64_t x = 0; x < input.width; ++x) {
      const Lanes gx = *(const Lanes*)(g + x * lanes + b);
      for (int dy = 0; dy < K; ++dy)
        for (int dx = 0; dx < K; ++dx)
          acc[dy * K + dx] += gx * *(const Lanes*)(rows[dy] + (x + dx) * lanes + b);
    }
    for (int t = 0; t < K * K; ++t) *(Lanes*)(sums + t * lanes + b) = acc[t];
  }
}

// 1 / (mean over K x K of c + 0.01) for one sample; the mean divides by K * K at borders too.
void inverse_share(const float* c, int64_t h, int64_t w, int64_t kernel, float* out) {
  const int64_t p = kernel / 2;
  for (int64_t y = 0; y < h; ++y)
    for (int64_t x = 0; x < w; ++x) {
      float sum = 0;
      for (int64_t v = std::max<int64_t>(0, y - p); v <= std::min(h - 1, y + p); ++v)
        for (int64_t u = std::max<int64_t>(0, x - p); u <= std::min(w - 1, x + p); ++u)
          sum += c[v * w + u];
      out[y * w + x] = 1 / (sum / float(kernel * kernel) + 0.01f);
    }
}

template <typename T, int K>
void expect_sample(const T* x, const float* c, const float* weights, const float* bias, int64_t H,
                   int64_t W, int64_t C, T* out, T* h, float* inv) {
  const int64_t lanes = padded(C);
  inverse_share(c, H, W, K, inv);
  Ring ring(K, W, lanes);
  auto fill = [&](int64_t y) {
    if (y >= H) return ring.clear(y);
    float* row = ring.inner(y);
    for (int64_t i = 0; i < W; ++i)
      for (int64_t k = 0; k < C; ++k)
        row[i * lanes + k] = read(x + (y * W + i) * C + k) * c[y * W + i];
  };
  for (int64_t y = 0; y < K / 2; ++y) fill(y);
  std::vector<float> sum(W * lanes);
  for (int64_t y = 0; y < H; ++y) {
    fill(y + K / 2);
    depthwise_row<K>(ring, y, weights, bias, sum.data());
    const float* known = ring.inner(y);
    for (int64_t i = 0; i < W; ++i) {
      const int64_t p = y * W + i;
      const float scale = inv[p], miss = 1 - c[p];
      for (int64_t k = 0; k < C; ++k) {
        const float value = sum[i * lanes + k] * scale;
        write(h + p * C + k, value);
        write(out + p * C + k, known[i * lanes + k] + miss * value);
      }
    }
  }
}

template <typename T, int K>
void expect_sample_backward(const T* g, const T* x, const float* c, const T* h, const float* inv,
                            const float* flipped, int64_t H, int64_t W, int64_t C, T* dx, float* dc,
                            float* dw, float* db) {
  const int64_t lanes = padded(C);
  Ring grads(K, W, lanes), inputs(K, W, lanes);
  std::vector<float> dmean(H * W), none(lanes, 0.f), sum(W * lanes);
  auto fill = [&](int64_t y) {
    if (y >= H) { grads.clear(y); inputs.clear(y); return; }
    float *gr = grads.inner(y), *in = inputs.inner(y);
    for (int64_t i = 0; i < W; ++i) {
      const int64_t p = y * W + i;
      const float scale = (1 - c[p]) * inv[p], cp = c[p];
      float through = 0;
      for (int64_t k = 0; k < C; ++k) {
        const float gk = read(g + p * C + k);
        through += gk * read(h + p * C + k);
        const float gs = gk * scale;
        gr[i * lanes + k] = gs;
        db[k] += gs;
        in[i * lanes + k] = read(x + p * C + k) * cp;
      }
      dc[p] = -through;
      dmean[p] = -through * scale;
    }
  };
  for (int64_t y = 0; y < K / 2; ++y) fill(y);
  for (int64_t y = 0; y < H; ++y) {
    fill(y + K / 2);
    depthwise_row<K>(grads, y, flipped, none.data(), sum.data());
    weight_row<K>(grads, inputs, y, dw);
    for (int64_t i = 0; i < W; ++i) {
      const int64_t p = y * W + i;
      float along = 0;
      for (int64_t k = 0; k < C; ++k) {
        const float total = read(g + p * C + k) + sum[i * lanes + k];
        along += total * read(x + p * C + k);
        write(dx + p * C + k, total * c[p]);
      }
      dc[p] += along;
    }
  }
  const int64_t q = K / 2;
  for (int64_t y = 0; y < H; ++y)
    for (int64_t i = 0; i < W; ++i) {
      float box = 0;
      for (int64_t v = std::max<int64_t>(0, y - q); v <= std::min(H - 1, y + q); ++v)
        for (int64_t u = std::max<int64_t>(0, i - q); u <= std::min(W - 1, i + q); ++u)
          box += dmean[v * W + u];
      dc[y * W + i] += box / float(K * K);
    }
}

template <typename T>
std::vector<torch::Tensor> expect_typed(torch::Tensor x, torch::Tensor c, torch::Tensor weight,
                                        torch::Tensor bias) {
  const int64_t N = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3), K = weight.size(-1);
  auto out = torch::empty_like(x), h = torch::empty_like(x);
  auto inv = torch::empty({N, H, W}, c.options());
  const auto packed = pack(weight.data_ptr<float>(), C, K * K, false);
  std::vector<float> start(padded(C), 0.f);
  std::memcpy(start.data(), bias.data_ptr<float>(), C * sizeof(float));
  const int64_t size = H * W * C;
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      auto run = K == 5 ? expect_sample<T, 5> : expect_sample<T, 3>;
      run(x.data_ptr<T>() + n * size, c.data_ptr<float>() + n * H * W, packed.data(), start.data(),
          H, W, C, out.template data_ptr<T>() + n * size, h.template data_ptr<T>() + n * size,
          inv.template data_ptr<float>() + n * H * W);
    }
  });
  return {out, h, inv};
}

template <typename T>
std::vector<torch::Tensor> expect_backward_typed(torch::Tensor g, torch::Tensor x, torch::Tensor c,
                                                 torch::Tensor weight, torch::Tensor h,
                                                 torch::Tensor inv) {
  const int64_t N = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3), K = weight.size(-1);
  const int64_t lanes = padded(C), taps = K * K, size = H * W * C;
  auto dx = torch::empty_like(x);
  auto dc = torch::empty_like(c);
  auto dw = torch::zeros({N, taps, lanes}, c.options());
  auto db = torch::zeros({N, C}, c.options());
  const auto flipped = pack(weight.data_ptr<float>(), C, taps, true);
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      auto run = K == 5 ? expect_sample_backward<T, 5> : expect_sample_backward<T, 3>;
      run(g.data_ptr<T>() + n * size, x.data_ptr<T>() + n * size,
          c.data_ptr<float>() + n * H * W, h.data_ptr<T>() + n * size,
          inv.data_ptr<float>() + n * H * W, flipped.data(), H, W, C,
          dx.template data_ptr<T>() + n * size, dc.template data_ptr<float>() + n * H * W,
          dw.template data_ptr<float>() + n * taps * lanes, db.template data_ptr<float>() + n * C);
    }
  });
  auto filter = dw.sum(0).narrow(1, 0, C).t().reshape({C, 1, K, K}).contiguous();
  return {dx, dc, filter, db.sum(0)};
}

template <typename T>
std::vector<torch::Tensor> activate_typed(torch::Tensor y) {
  const int64_t N = y.size(0), C = y.size(1), area = y.size(2) * y.size(3);
  auto out = torch::empty_like(y);
  auto norm = torch::empty({N, area}, y.options().dtype(torch::kFloat));
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> row(C);
    for (int64_t p = begin * area; p < end * area; ++p) {
      const T* from = y.data_ptr<T>() + p * C;
      float total = 0;
      for (int64_t k = 0; k < C; ++k) {
        const float v = read(from + k), a = v > 0 ? v : 0.2f * v;
        row[k] = a;
        total += a * a;
      }
      const float scale = 1 / std::sqrt(total / float(C) + 1e-7f);
      norm.data_ptr<float>()[p] = scale;
      T* to = out.template data_ptr<T>() + p * C;
      for (int64_t k = 0; k < C; ++k) write(to + k, row[k] * scale);
    }
  });
  return {out, norm};
}

template <typename T>
torch::Tensor activate_backward_typed(torch::Tensor g, torch::Tensor y, torch::Tensor norm) {
  const int64_t N = y.size(0), C = y.size(1), area = y.size(2) * y.size(3);
  auto dy = torch::empty_like(y);
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin * area; p < end * area; ++p) {
      const T *gp = g.data_ptr<T>() + p * C, *yp = y.data_ptr<T>() + p * C;
      T* to = dy.template data_ptr<T>() + p * C;
      const float scale = norm.data_ptr<float>()[p];
      float dot = 0;
      for (int64_t k = 0; k < C; ++k) {
        const float v = read(yp + k);
        dot += read(gp + k) * (v > 0 ? v : 0.2f * v);
      }
      const float pull = scale * scale * scale * dot / float(C);
      for (int64_t k = 0; k < C; ++k) {
        const float v = read(yp + k), slope = v > 0 ? 1.f : 0.2f;
        write(to + k, slope * (scale * read(gp + k) - pull * slope * v));
      }
    }
  });
  return dy;
}

}  // namespace

std::vector<torch::Tensor> expect(torch::Tensor x, torch::Tensor c, torch::Tensor weight,
                                  torch::Tensor bias) {
  return BY_TYPE(x, expect_typed)(last(x), c.contiguous(), weight.contiguous(), bias.contiguous());
}

std::vector<torch::Tensor> expect_backward(torch::Tensor g, torch::Tensor x, torch::Tensor c,
                                           torch::Tensor weight, torch::Tensor h,
                                           torch::Tensor inv) {
  return BY_TYPE(x, expect_backward_typed)(last(g), last(x), c.contiguous(), weight.contiguous(),
                                           last(h), inv);
}

std::vector<torch::Tensor> activate(torch::Tensor y) { return BY_TYPE(y, activate_typed)(last(y)); }

torch::Tensor activate_backward(torch::Tensor g, torch::Tensor y, torch::Tensor norm) {
  return BY_TYPE(y, activate_backward_typed)(last(g), last(y), norm);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("expect", &expect);
  m.def("expect_backward", &expect_backward);
  m.def("activate", &activate);
  m.def("activate_backward", &activate_backward);
  m.def("distance", &distance);
  m.def("distance_backward", &distance_backward);
  m.def("pool", &pool);
  m.def("pool_backward", &pool_backward);
}
