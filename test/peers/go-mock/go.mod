module gatebench.invalid/go-mock

go 1.21
